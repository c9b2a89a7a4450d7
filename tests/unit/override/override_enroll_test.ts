import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { totpHmac as hmac } from "../../../src/adapter/totp_hmac.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { decodeBase32 } from "../../../src/core/integrity/decode_base32.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { createRecoveryCodes, recoveryHash } from "../../../src/core/override/recovery_codes.ts";
import { hotp } from "../../../src/core/override/totp.ts";
import type { TotpAlgorithm } from "../../../src/core/override/totp_parameters.ts";
import { overrideAcceptClockCommand } from "../../../src/edge/cli/commands/override_accept_clock.ts";
import { overrideEnrollCommand } from "../../../src/edge/cli/commands/override_enroll.ts";
import { overrideUnenrollCommand } from "../../../src/edge/cli/commands/override_unenroll.ts";
import { type FakeWorld, newWorld, runFakeEnrolment } from "./fake_enrolment.ts";

const commands: Readonly<Record<string, typeof overrideEnrollCommand>> = {
  enroll: overrideEnrollCommand,
  unenroll: overrideUnenrollCommand,
  "accept-clock": overrideAcceptClockCommand,
};
const run = (world: FakeWorld, argv: readonly string[]) =>
  runFakeEnrolment(commands[argv[0] ?? ""] ?? overrideEnrollCommand, {
    world,
    argv: argv.slice(1),
  });

/** The secret as the terminal shows it for typing. */
function typedSecret(world: FakeWorld): Uint8Array {
  const groups = /to type: ([A-Z2-7 ]+)\n/.exec(world.stderr())?.[1] ?? "";
  assertMatch(groups, /^(?:[A-Z2-7]{4} )+[A-Z2-7]{1,4}$/);
  return decodeBase32(groups) ?? new Uint8Array();
}

/** Answers with what an app that took the secret from the terminal shows. */
function codeOfApp(world: FakeWorld, algorithm: TotpAlgorithm = "SHA1", offset = 0): string {
  const step = Math.floor(world.nowUnixSeconds / 30) + offset;
  return hotp(step, { key: typedSecret(world), algorithm, digits: 6, hmac });
}

const rightCode = (world: FakeWorld) => codeOfApp(world);
const shownCodes = (world: FakeWorld): readonly string[] =>
  world.stderr().match(/^ {2}[0-9A-Z]{5}-[0-9A-Z-]+$/gm)?.map((line) => line.trim()) ?? [];

describe("override enroll", () => {
  it("enrols who proves that the app has the secret, the seed before the entry", async () => {
    const world = newWorld({ answers: [rightCode] });
    assertEquals(await run(world, ["enroll", "alice"]), 0);
    const [entry] = world.enrolled;
    assert(entry !== undefined);
    const seed = typedSecret(world);
    assertEquals([entry.name, entry.algorithm, entry.replaces], ["alice", "SHA1", null]);
    assertEquals(entry.seedSha256, encodeHex(sha256(seed)));
    assertEquals(seed.length, 20);
    assertEquals(entry.provenStep, Math.floor(world.nowUnixSeconds / 30));
    assertEquals(world.acts, ["list", `write ${entry.id}`, `enrol ${entry.id}`, "close"]);
    assertEquals(world.seeds.get(entry.id), seed);
    const codes = shownCodes(world);
    assertEquals(codes.length, 10);
    assertEquals(entry.recoveryHashes, codes.map((code) => recoveryHash(entry.id, code)));
  });

  for (const algorithm of ["SHA256", "SHA512"] as const) {
    it(`uses ${algorithm} where it is asked to`, async () => {
      const world = newWorld({ answers: [(each) => codeOfApp(each, algorithm)] });
      assertEquals(await run(world, ["enroll", "bob", "--algorithm", algorithm]), 0);
      assertEquals(world.enrolled[0]?.algorithm, algorithm);
      assertStringIncludes(world.stderr(), `&algorithm=${algorithm}&`);
    });
  }

  it("TOTP-15 S1 nothing of seed or recovery codes leaves but by the terminal, and once", async () => {
    for (const format of ["table", "json"]) {
      const world = newWorld({ answers: [rightCode] });
      assertEquals(await run(world, ["enroll", "alice", "--format", format]), 0);
      const seed = typedSecret(world);
      const uri = /otpauth:\S+/.exec(world.stderr())?.[0] ?? "";
      const secrets = [
        new URL(uri).searchParams.get("secret") ?? "",
        encodeHex(seed),
        ...shownCodes(world),
      ];
      assertEquals(secrets.length, 12);
      const kept = `${world.stdout()} ${JSON.stringify(world.enrolled)}`;
      for (const secret of secrets) {
        assert(secret.length > 20 && !kept.includes(secret) && !kept.includes(secret.slice(0, 12)));
        assert(world.stderr().split(secret).length <= 2, "shown once");
      }
      assertEquals(world.stdout().includes("otpauth"), false);
    }
  });

  it("TOTP-15 refuses where the secret would land in a file, or the code come from a program", async () => {
    for (const blind of [{ isInteractive: false }, { isWatched: false }]) {
      const world = newWorld({ answers: [rightCode], ...blind });
      for (const argv of [["enroll", "alice"], ["unenroll", "alice"]]) {
        const error = await assertRejects(() => run(world, argv), EngineError);
        assertEquals(error.code, "usage");
      }
      assertEquals([world.acts, world.stderr(), world.stdout()], [[], "", ""]);
    }
  });

  it("asks three times; then there is no seed, no entry, no recovery code", async () => {
    const wrong = (world: FakeWorld) => {
      // Of the app's three codes none, whatever they are.
      const codes = [-1, 0, 1].map((offset) => codeOfApp(world, "SHA1", offset));
      return ["000000", "111111", "222222", "333333"].find((code) => !codes.includes(code)) ?? "";
    };
    const late = newWorld({ answers: [wrong, "abc", rightCode] });
    assertEquals(await run(late, ["enroll", "alice"]), 0);
    const rows = [
      [wrong, wrong, wrong, rightCode],
      [null],
      [(world: FakeWorld) => codeOfApp(world, "SHA1", 40), "", null],
    ];
    for (const answers of rows) {
      const world = newWorld({ answers });
      const error = await assertRejects(() => run(world, ["enroll", "alice"]), EngineError);
      assertEquals(error.code, "override_rejected");
      assertEquals(world.acts, ["list", "close"]);
      assertEquals([world.seeds.size, world.enrolled.length, shownCodes(world)], [0, 0, []]);
    }
  });

  it("what is no code costs no try, and what one costs is said", async () => {
    const typing = ["12345", "1234567", "abc", " ", "12 345", rightCode];
    const world = newWorld({ answers: typing });
    assertEquals(await run(world, ["enroll", "alice"]), 0);
    assertEquals(world.stderr().split("wanted 6 digits").length, 6);
    const wrong = (each: FakeWorld) => codeOfApp(each, "SHA1", 40);
    const late = newWorld({ answers: [wrong, "no", rightCode] });
    assertEquals(await run(late, ["enroll", "alice"]), 0);
    assertStringIncludes(late.stderr(), "does not fit; tries left: 2");
    const endless = newWorld({ answers: Array(50).fill("no") });
    const error = await assertRejects(() => run(endless, ["enroll", "alice"]), EngineError);
    assertEquals([error.code, endless.enrolled], ["override_rejected", []]);
  });

  it("an entry that cannot be written takes the seed along", async () => {
    const failure = new EngineError("audit_unwritable", "no room");
    const world = newWorld({ answers: [rightCode], failure });
    const error = await assertRejects(() => run(world, ["enroll", "alice"]), EngineError);
    assertEquals(error.code, "audit_unwritable");
    assertEquals([world.seeds.size, shownCodes(world)], [0, []]);
    assertEquals(world.acts.at(-1), "close");
  });

  it("a failure after the entry leaves the seed of the enrolment that stands", async () => {
    const failure = new EngineError("audit_unreadable", "afterwards");
    const world = newWorld({ answers: [rightCode], failure, failsAfter: true });
    await assertRejects(() => run(world, ["enroll", "alice"]), EngineError, "afterwards");
    assertEquals([...world.seeds.keys()], [world.enrolled[0]?.id]);
  });

  it("a seed that cannot be written is not enrolled", async () => {
    const seedFailure = new EngineError("output_unwritable", "no room");
    const world = newWorld({ answers: [rightCode], seedFailure });
    await assertRejects(() => run(world, ["enroll", "alice"]), EngineError, "no room");
    assertEquals([world.enrolled.length, shownCodes(world)], [0, []]);
  });

  const recoveryCode =
    createRecoveryCodes((count) => crypto.getRandomValues(new Uint8Array(count)))[0] ?? "";
  for (const [kind, code] of [["totp", "123456"], ["recovery", recoveryCode]] as const) {
    it(`TOTP-22 who is enrolled already is asked for a ${kind} code of before`, async () => {
      const world = newWorld({ answers: [rightCode, code], former: "alice" });
      assertEquals(await run(world, ["enroll", "alice"]), 0);
      assertEquals(world.enrolled[0]?.replaces, { kind, code });
      assertEquals([...world.seeds.keys()], [world.enrolled[0]?.id]);
    });
  }

  it("TOTP-22 without one, or with one the engine refuses, the old enrolment stays", async () => {
    for (const answer of [null, ""]) {
      const world = newWorld({ answers: [rightCode, answer], former: "alice" });
      const error = await assertRejects(() => run(world, ["enroll", "alice"]), EngineError);
      assertEquals(error.code, "override_rejected");
      assertEquals([world.enrolled.length, world.seeds.size], [0, 1]);
    }
    const failure = new EngineError("override_rejected", "no");
    const world = newWorld({ answers: [rightCode, "123456"], former: "alice", failure });
    await assertRejects(() => run(world, ["enroll", "alice"]), EngineError);
    assertEquals([...world.seeds.keys()], [world.formerId]);
  });

  it("says when no line of the policy names who was enrolled, and only then", async () => {
    for (const isNamed of [true, false]) {
      const world = newWorld({ answers: [rightCode], isNamed });
      assertEquals(await run(world, ["enroll", "alice"]), 0);
      assertEquals(world.stdout().includes("inert"), !isNamed);
      const json = newWorld({ answers: [rightCode], isNamed });
      await run(json, ["enroll", "alice", "--json"]);
      assertEquals(JSON.parse(json.stdout()).is_named, isNamed);
    }
  });

  it("the picture is 0600 by createOutputFile, stays with an enrolment and goes without one", async () => {
    const world = newWorld({ answers: [rightCode] });
    await run(world, ["enroll", "alice", "--svg", "/run/qr.svg"]);
    assertEquals(world.outputs, ["/run/qr.svg"]);
    assertMatch(world.files.get("/run/qr.svg") ?? "", /^<svg /);
    const other = newWorld({ answers: [null] });
    await assertRejects(() => run(other, ["enroll", "alice", "--svg", "/run/qr.svg"]), EngineError);
    assertEquals(other.files.size, 0);
  });

  it("does not draw a QR code that the window would break", async () => {
    const narrow = newWorld({ answers: [rightCode], width: 40 });
    assertEquals(await run(narrow, ["enroll", "alice"]), 0);
    assert(!narrow.stderr().includes("\u2588") && narrow.stderr().includes("too narrow"));
    const wide = newWorld({ answers: [rightCode], width: 80 });
    await run(wide, ["enroll", "alice"]);
    assert(wide.stderr().includes("\u2588"));
  });

  it("refuses names that no policy line can have", async () => {
    for (const name of ["", "Alice", "1a", "a b", "a/b", "é", "a".repeat(33), "-a", "a\u001b[2J"]) {
      const world = newWorld({ answers: [rightCode] });
      const error = await assertRejects(() => run(world, ["enroll", name]), EngineError);
      assertEquals([error.code, world.acts], ["usage", []]);
    }
  });
});

describe("override accept-clock", () => {
  it("asks only while the clock is behind", async () => {
    const world = newWorld({ answers: ["y"] });
    const error = await assertRejects(() => run(world, ["accept-clock"]), EngineError);
    assertEquals([error.code, world.acts], ["override_refused", ["close"]]);
    const behind = newWorld({ answers: ["y"], seenAt: "2036-01-01T00:00:00.000Z" });
    assertEquals(await run(behind, ["accept-clock"]), 0);
    assertEquals(behind.acts, ["acceptClock uid:7", "close"]);
    assert(behind.stderr().includes("2036-01-01"));
  });
});

describe("override unenroll", () => {
  it("ends by name or id, after a yes, and removes the seed", async () => {
    for (const wanted of ["alice", "id"]) {
      const world = newWorld({ answers: ["y"], former: "alice" });
      const argument = wanted === "id" ? world.formerId : wanted;
      assertEquals(await run(world, ["unenroll", argument]), 0);
      assertEquals(world.acts, ["list", `unenrol ${world.formerId} uid:7`, "close"]);
      assertEquals(world.seeds.size, 0);
    }
  });

  it("changes nothing without a yes, or for a name nobody has", async () => {
    for (const answer of [null, "", "n", "yo", "alice"]) {
      const world = newWorld({ answers: [answer], former: "alice" });
      const error = await assertRejects(() => run(world, ["unenroll", "alice"]), EngineError);
      assertEquals([error.code, world.seeds.size], ["override_rejected", 1]);
      assertEquals(world.acts, ["list", "close"]);
    }
    const world = newWorld({ answers: ["y"], former: "alice" });
    const error = await assertRejects(() => run(world, ["unenroll", "bob"]), EngineError);
    assertEquals([error.code, world.acts], ["override_unknown", ["list", "close"]]);
  });
});
