/** One-time codes beside those of the OATH toolkit. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { totpHmac as hmac } from "../../src/adapter/totp_hmac.ts";
import { secretLetters } from "../../src/core/override/otpauth_uri.ts";
import { hotp, stepAt } from "../../src/core/override/totp.ts";
import { type TotpAlgorithm, totpAlgorithms } from "../../src/core/override/totp_parameters.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const tuples = 10_000;

interface Tuple {
  readonly key: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly period: number;
  readonly at: number;
}

function drawTuple(draw: Draw): Tuple {
  const pick = <T>(list: readonly T[]) => list[draw(list.length)] as T;
  // Every other time beyond 32 bits.
  const at = draw(2) === 0 ? draw(2 ** 31) : draw(2 ** 24) * 2 ** 12 + draw(2 ** 12);
  return {
    key: Uint8Array.from({ length: 20 + draw(45) }, () => draw(256)),
    algorithm: pick(totpAlgorithms),
    digits: pick([6, 7, 8]),
    period: pick([30, 60]),
    at,
  };
}

/** One line of a script; the key in hex or in base32. */
function commandOf({ key, algorithm, digits, period, at }: Tuple, i: number): string {
  const secret = i % 2 === 0 ? encodeHex(key) : `-b ${secretLetters(key)}`;
  return `oathtool --totp=${algorithm.toLowerCase()} -d ${digits} -s ${period}s -N @${at} ${secret}`;
}

/** Codes by one shell that starts them all: 10,000 starts from here would take a minute. */
async function askOathtool(script: string): Promise<readonly string[]> {
  const child = new Deno.Command("sh", { stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const answer = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`set -e\n${script}\n`));
  await writer.close();
  const { success, stdout } = await answer;
  assertEquals(success, true, "oathtool failed");
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

describe("hotp()", () => {
  it(`TOTP-03 agrees with oathtool on ${tuples} secrets and times`, async () => {
    const draw = seeded(chooseSeed("TOTP-03 oathtool"));
    const drawn = Array.from({ length: tuples }, () => drawTuple(draw));
    const theirs = await askOathtool(drawn.map(commandOf).join("\n"));
    assertEquals(theirs.length, tuples);
    for (const [i, { at, period, ...rest }] of drawn.entries()) {
      const ours = hotp(stepAt(at, period), { ...rest, hmac });
      assertEquals(ours, theirs[i], `tuple ${i}: ${commandOf(drawn[i] as Tuple, i)}`);
    }
  });

  it("TOTP-02 agrees with oathtool where numbers end", async () => {
    const key = crypto.getRandomValues(new Uint8Array(20));
    const times = [0, 29, 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 20_000_000_000];
    const rows = times.flatMap((at) =>
      totpAlgorithms.map((algorithm) => ({ key, algorithm, digits: 6, period: 30, at }))
    );
    const theirs = await askOathtool(rows.map(commandOf).join("\n"));
    assertEquals(
      rows.map(({ at, ...rest }) => hotp(stepAt(at), { ...rest, hmac })),
      theirs,
    );
  });
});
