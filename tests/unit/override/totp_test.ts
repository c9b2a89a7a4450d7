import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { totpHmac as hmac } from "../../../src/adapter/totp_hmac.ts";
import { findStep, type FindStepOptions, hotp, stepAt } from "../../../src/core/override/totp.ts";
import {
  codeDigits,
  periodSeconds,
  type TotpAlgorithm,
  totpAlgorithms,
} from "../../../src/core/override/totp_parameters.ts";
import { hotpVectors, totpVectors, vectorKey } from "./totp_vectors.ts";

const key = crypto.getRandomValues(new Uint8Array(20));
const base = { key, algorithm: "SHA1", lastStep: -1, hmac } as const;

function codeAt(step: number, algorithm: TotpAlgorithm = "SHA1"): string {
  return hotp(step, { key, algorithm, digits: codeDigits, hmac });
}

/** A step whose neighbours, as far as `reach`, have other codes. */
function quietStep(reach: number, algorithm: TotpAlgorithm = "SHA1"): number {
  for (let step = 59_000_000;; step++) {
    const codes = new Set<string>();
    for (let at = step - reach; at <= step + reach; at++) codes.add(codeAt(at, algorithm));
    if (codes.size === 2 * reach + 1) return step;
  }
}

describe("hotp()", () => {
  it("gives the codes of RFC 4226 appendix D", () => {
    assertEquals(hotpVectors.length, 10);
    for (const [counter, code] of hotpVectors.entries()) {
      assertEquals(
        hotp(counter, { key: vectorKey("SHA1"), algorithm: "SHA1", digits: 6, hmac }),
        code,
      );
    }
  });

  it("gives the codes of RFC 6238 appendix B, with a key as long as each hash", () => {
    assertEquals(totpVectors.length, 6);
    for (const [atUnixSeconds, ...codes] of totpVectors) {
      for (const [i, algorithm] of totpAlgorithms.entries()) {
        const options = { key: vectorKey(algorithm), algorithm, digits: 8, hmac };
        assertEquals(
          hotp(stepAt(atUnixSeconds), options),
          codes[i],
          `${algorithm} ${atUnixSeconds}`,
        );
      }
    }
  });

  it("TOTP-02 hashes all 64 bits of the counter", () => {
    const codes = [1, 2 ** 32 + 1, 2 ** 33 + 1, 2 ** 52 + 1].map((step) =>
      codeAt(step) + codeAt(step + 1)
    );
    assertEquals(new Set(codes).size, codes.length);
  });
});

describe("findStep()", () => {
  it("TOTP-02 finds the step at the ends of every number", () => {
    for (const at of [0, 29, 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 20_000_000_000]) {
      const step = Math.floor(at / 30);
      const found = findStep(codeAt(step), { ...base, atUnixSeconds: at });
      assertEquals(found, { status: "accepted", step }, String(at));
    }
    assertEquals([stepAt(0), stepAt(29), stepAt(30), stepAt(-1)], [0, 0, 1, -1]);
  });

  it("TOTP-02 knows no step before 1970, and no time that is no number", () => {
    const codes = [0, 1, 2].map((step) => codeAt(step));
    for (const at of [-31, -60, -(2 ** 31), -(2 ** 53), NaN, Infinity, -Infinity, 1e300]) {
      for (const code of codes) {
        assertEquals(findStep(code, { ...base, atUnixSeconds: at }).status, "wrong", String(at));
      }
    }
    assertEquals(findStep(codeAt(0), { ...base, atUnixSeconds: -1 }), {
      status: "accepted",
      step: 0,
    });
  });

  for (const algorithm of totpAlgorithms) {
    it(`TOTP-07 takes one step to either side and no more, by ${algorithm}`, () => {
      const step = quietStep(3, algorithm);
      const options = { ...base, algorithm, atUnixSeconds: step * periodSeconds + 15 };
      const offsets = [-3, -2, -1, 0, 1, 2, 3];
      const found = offsets.map((offset) => findStep(codeAt(step + offset, algorithm), options));
      const steps = found.map((each) =>
        each.status === "accepted" ? each.step - step : each.status
      );
      assertEquals(steps, ["wrong", "wrong", -1, 0, 1, "wrong", "wrong"]);
    });
  }

  it("TOTP-07 TOTP-24 the window, the period and the digits are nobody's to set", () => {
    assertEquals([periodSeconds, codeDigits], [30, 6]);
    const wide = {
      ...base,
      atUnixSeconds: 30 * quietStep(2),
      window: 9,
      digits: 1,
      period: 86_400,
    };
    const step = quietStep(2);
    assertEquals(findStep(codeAt(step + 2), wide).status, "wrong");
    assertEquals(findStep(codeAt(step).slice(-1), wide).status, "wrong");
  });

  it("TOTP-05 O1 a code that was accepted is reused, as long as it is in the window", () => {
    const step = quietStep(2);
    const code = codeAt(step);
    for (const seconds of [0, 29, 30, 59]) {
      const options = { ...base, atUnixSeconds: step * 30 + seconds };
      assertEquals(findStep(code, options), { status: "accepted", step });
      assertEquals(findStep(code, { ...options, lastStep: step }), { status: "reused" });
    }
    const later = { ...base, lastStep: step, atUnixSeconds: (step + 2) * 30 };
    assertEquals(findStep(code, later), { status: "wrong" });
  });

  it("TOTP-05 spelled otherwise it is no code at all", () => {
    const step = quietStep(2);
    const code = codeAt(step);
    const fullWidth = code.replace(
      /[0-9]/g,
      (digit) => String.fromCharCode(0xff10 + Number(digit)),
    );
    for (
      const other of [
        ` ${code}`,
        `${code} `,
        `0${code}`,
        `${code.slice(0, 3)} ${code.slice(3)}`,
        fullWidth,
      ]
    ) {
      assertEquals(findStep(other, { ...base, atUnixSeconds: step * 30 }).status, "wrong", other);
    }
  });

  it("TOTP-06 an older step counts no more after a newer one, used or not", () => {
    const step = quietStep(2);
    const at = { ...base, atUnixSeconds: step * 30 };
    assertEquals(findStep(codeAt(step + 1), at), { status: "accepted", step: step + 1 });
    for (const offset of [-1, 0, 1]) {
      assertEquals(findStep(codeAt(step + offset), { ...at, lastStep: step + 1 }).status, "reused");
    }
    assertEquals(findStep(codeAt(step + 1), { ...at, lastStep: step }).status, "accepted");
    // A clock that was years ahead leaves a step that nothing of now passes.
    assertEquals(findStep(codeAt(step), { ...at, lastStep: step + 10_000_000 }).status, "reused");
  });

  it("TOTP-17 takes text of exactly six ASCII digits and nothing else", () => {
    const at = { ...base, hmac: () => new Uint8Array(20), atUnixSeconds: 30 };
    assertEquals(findStep("000000", at).status, "accepted");
    const others: readonly unknown[] = [
      "",
      "0",
      "00000",
      "0000000",
      "00000a",
      "1e5",
      "+12345",
      "-00000",
      "0x0000",
      "00 000",
      "000000\n",
      "\n000000",
      "000000\0",
      "\u0660\u0660\u0660\u0660\u0660\u0660",
      "\uff10\uff10\uff10\uff10\uff10\uff10",
      "0".repeat(1_048_576),
      0,
      123456,
      0n,
      null,
      undefined,
      true,
      ["000000"],
      { toString: () => "000000" },
      new String("000000"),
    ];
    for (const [i, other] of others.entries()) {
      assertEquals(findStep(other, at), { status: "wrong" }, `row ${i}`);
    }
  });

  it("compares all three codes whatever the first one says", () => {
    const step = quietStep(2);
    const counts = [codeAt(step - 1), codeAt(step), codeAt(step + 1), "000000"].map((code) => {
      let calls = 0;
      const counting: FindStepOptions["hmac"] = (...parts) => {
        calls++;
        return hmac(...parts);
      };
      findStep(code, { ...base, hmac: counting, atUnixSeconds: step * 30 });
      return calls;
    });
    assertEquals(counts, [3, 3, 3, 3]);
  });

  it("another key, another algorithm: another code", () => {
    const step = quietStep(2);
    const at = { ...base, atUnixSeconds: step * 30 };
    const other = crypto.getRandomValues(new Uint8Array(20));
    // Eight times: one in a million may be the same by chance.
    const wrong = Array.from({ length: 8 }, (_, i) => {
      const code = hotp(step + 7 + i, { key: other, algorithm: "SHA1", digits: 6, hmac });
      return findStep(code, { ...at, atUnixSeconds: (step + 7 + i) * 30 }).status;
    });
    assertEquals(wrong.includes("wrong"), true);
    assertNotEquals(
      codeAt(step, "SHA256") + codeAt(step + 1, "SHA256"),
      codeAt(step) + codeAt(step + 1),
    );
  });
});
