import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeBase32 } from "@std/encoding/base32";
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../../../src/core/errors.ts";
import { decodeBase32 } from "../../../src/core/integrity/decode_base32.ts";
import { parseTotpSecret } from "../../../src/core/override/totp_secret.ts";

const name = "SCALPEL_TOTP_SECRET";
const bytesOf = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseTotpSecret(bytesOf(text), name);
const fresh = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const bare = (bytes: Uint8Array) => encodeBase32(bytes).replace(/=+$/, "");

function refusal(text: string): EngineError {
  const error = assertThrows(() => parse(text), EngineError);
  assertEquals(error.code, "secret_invalid", text);
  assertStringIncludes(error.message, name);
  return error;
}

describe("decodeBase32()", () => {
  it("TOTP-04 gives every length of bytes back, padded or not, in any case, with blanks and dashes", () => {
    for (let length = 1; length <= 70; length++) {
      const bytes = fresh(length);
      const letters = bare(bytes);
      const grouped = letters.replace(/.{4}(?=.)/g, "$& ");
      const forms = [
        letters,
        encodeBase32(bytes),
        letters.toLowerCase(),
        grouped,
        grouped.replaceAll(" ", "-").toLowerCase(),
        ` ${encodeBase32(bytes)} `,
      ];
      for (const form of forms) assertEquals(decodeBase32(form), bytes, form);
    }
  });

  it("TOTP-04 refuses lengths that no bytes have", () => {
    for (let length = 0; length <= 40; length++) {
      const isOne = [2, 4, 5, 7, 0].includes(length % 8) && length > 0;
      assertEquals(decodeBase32("A".repeat(length)) !== null, isOne, String(length));
    }
  });

  it("TOTP-04 refuses wrong letters, wrong padding, and bits that would be dropped", () => {
    const wrong = [
      "",
      " ",
      "=",
      "========",
      "AA0AAAAA",
      "AA1AAAAA",
      "AA8AAAAA",
      "AA9AAAAA",
      "AAAAAAA\u0131",
      "AAAAAAAA\n",
      "AAAA\tAAAA",
      "MY=",
      "MY=====",
      "MY=======",
      "M=Y=====",
      "MY====A=",
      "MZ",
      "MZ======",
      "AAAAAAAA========",
      "AAAA_AAA",
      "\uff21AAAAAAA",
    ];
    for (const text of wrong) assertEquals(decodeBase32(text), null, JSON.stringify(text));
    assertEquals(decodeBase32("MY======"), bytesOf("f"));
  });
});

describe("parseTotpSecret()", () => {
  it("reads base32 without a prefix, and both prefixes", () => {
    for (const length of [20, 21, 32, 64]) {
      const bytes = fresh(length);
      for (const text of [bare(bytes), `base32:${bare(bytes)}`, `hex:${encodeHex(bytes)}`]) {
        assertEquals(parse(text), bytes);
        assertEquals(parse(`${text}\n`), bytes);
      }
    }
  });

  it("TOTP-04 never makes a shorter key of what it cannot read", () => {
    const letters = bare(fresh(20));
    for (
      const text of [`${letters}1`, `${letters}A`, `${letters}=`, `${letters}\n\n`, `${letters},`]
    ) {
      refusal(text);
    }
    refusal(bare(fresh(19)));
  });

  it("TOTP-14 refuses what is empty, short, well known or the same again and again", () => {
    const rows = [
      "",
      "\n",
      "default-totp-secret",
      "default-totp-secret\n",
      "default-secret",
      "JBSWY3DPEHPK3PXP",
      "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      "A".repeat(32),
      `hex:${"00".repeat(20)}`,
      `hex:${"ab".repeat(32)}`,
      `hex:${"abcd".repeat(16)}`,
      bare(fresh(15)),
      `hex:${encodeHex(fresh(19))}`,
      "hex:",
      "base32:",
      "base32:base32:AAAA",
    ];
    for (const row of rows) refusal(row);
    assertStringIncludes(refusal("default-totp-secret").message, "well-known");
  });

  it("TOTP-14 takes hex without a prefix for hex, and says what to write", () => {
    for (
      const text of [encodeHex(fresh(32)), encodeHex(fresh(20)).toUpperCase(), "abcdef".repeat(8)]
    ) {
      assertStringIncludes(refusal(text).hint ?? "", "hex:");
      refusal(`${text}\n`);
    }
  });

  it("says of what has no prefix what base32 is, and not of what has one", () => {
    for (const text of ["not base32!", `${bare(fresh(20))}1`, ""]) {
      assertStringIncludes(refusal(text).message, "not base32: wanted A-Z 2-7, or hex:...");
    }
    assertEquals(refusal("base32:0189").message.includes("not base32"), false);
  });

  it("S1 shows no part of what it refuses", () => {
    for (
      const text of [encodeHex(fresh(32)), `${bare(fresh(20))}1`, `hex:${encodeHex(fresh(19))}`]
    ) {
      const { message, hint } = refusal(text);
      for (let at = 0; at + 8 <= text.length; at += 4) {
        assert(!`${message} ${hint}`.includes(text.slice(at, at + 8)), message);
      }
    }
  });
});
