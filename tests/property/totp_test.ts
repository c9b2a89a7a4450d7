import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { Secret, TOTP, URI } from "otpauth";
import { totpHmac as hmac } from "../../src/adapter/totp_hmac.ts";
import { decodeBase32 } from "../../src/core/integrity/decode_base32.ts";
import { otpauthUri, secretLetters } from "../../src/core/override/otpauth_uri.ts";
import { findStep, type FoundStep, hotp, stepAt } from "../../src/core/override/totp.ts";
import { totpAlgorithms } from "../../src/core/override/totp_parameters.ts";

/** Said beforehand: a failure can be played again though the process dies. */
function newSeed(what: string): number {
  const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  // deno-lint-ignore no-console -- the seed of a random test
  console.log(`${what}: fast-check seed ${seed}`);
  return seed;
}

const keys = fc.uint8Array({ minLength: 20, maxLength: 64 });
const algorithms = fc.constantFrom(...totpAlgorithms);
/** Past every border of 32 bits; the other implementation counts milliseconds, which end at 2^53. */
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 42),
  fc.constantFrom(0, 29, 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 20_000_000_000),
);

function generate(key: Uint8Array, options: ConstructorParameters<typeof TOTP>[0], at: number) {
  const secret = new Secret({ buffer: new Uint8Array(key).buffer });
  return new TOTP({ ...options, secret }).generate({ timestamp: at * 1_000 });
}

describe("hotp()", () => {
  it("TOTP-03 agrees with another implementation on 10,000 secrets and times", () => {
    const digits = fc.constantFrom(6, 7, 8);
    const period = fc.constantFrom(30, 60);
    fc.assert(
      fc.property(
        keys,
        algorithms,
        seconds,
        digits,
        period,
        (key, algorithm, at, digits, period) => {
          const theirs = generate(key, { algorithm, digits, period }, at);
          assertEquals(hotp(stepAt(at, period), { key, algorithm, digits, hmac }), theirs);
        },
      ),
      { numRuns: 10_000, seed: newSeed("TOTP-03 otpauth") },
    );
  });
});

describe("findStep()", () => {
  it("O1 TOTP-06 TOTP-07 finds what another implementation made, within the window and once", () => {
    const offsets = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(keys, algorithms, seconds, offsets, offsets, (key, algorithm, at, by, last) => {
        const step = stepAt(at);
        const wanted = step + by;
        fc.pre(wanted >= 0);
        const codeOf = (each: number) => generate(key, { algorithm, digits: 6 }, each * 30);
        const code = codeOf(wanted);
        const lastStep = Math.max(-1, step + last);
        const found = findStep(code, { key, algorithm, atUnixSeconds: at, lastStep, hmac });
        // What the definition says, from codes of the other implementation alone.
        const fits = [step - 1, step, step + 1].filter((each) =>
          each >= 0 && codeOf(each) === code
        );
        const isReused = fits.some((each) => each <= lastStep);
        const expected: FoundStep = fits.length === 0
          ? { status: "wrong" }
          : isReused
          ? { status: "reused" }
          : { status: "accepted", step: Math.max(...fits) };
        assertEquals(found, expected);
      }),
      { numRuns: 2_000, seed: newSeed("findStep") },
    );
  });
});

describe("otpauthUri()", () => {
  it("another implementation reads back what was written", () => {
    const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .filter((name) => !name.includes(":") && name.trim() === name);
    fc.assert(
      fc.property(keys, algorithms, names, names, (key, algorithm, issuer, account) => {
        const read = URI.parse(otpauthUri({ issuer, account, key, algorithm }));
        assertEquals([read.issuer, read.label, read.algorithm], [issuer, account, algorithm]);
        assertEquals(new Uint8Array(read.secret.buffer), key);
        assertEquals([read.digits, (read as TOTP).period], [6, 30]);
      }),
      { numRuns: 1_000, seed: newSeed("otpauthUri") },
    );
  });
});

describe("decodeBase32()", () => {
  it("TOTP-04 is null, or what encodes to the very letters that were given", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."AZ27az=- 0189\n\u0131"), maxLength: 24 });
    fc.assert(
      fc.property(letters, (text) => {
        const bytes = decodeBase32(text);
        if (bytes === null) return;
        const plain = text.replace(/[ -]/g, "").replace(/=+$/, "").toUpperCase();
        assertEquals(secretLetters(bytes), plain);
        assertEquals(bytes.length, Math.floor(plain.length * 5 / 8));
      }),
      { numRuns: 20_000, seed: newSeed("decodeBase32") },
    );
  });
});
