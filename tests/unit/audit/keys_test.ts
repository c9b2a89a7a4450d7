import { assertEquals, assertNotEquals } from "@std/assert";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { hmacSha256 } from "../../../src/core/integrity/sha256.ts";
import { deriveEpochKeys, deriveHkdf } from "../../../src/core/audit/keys.ts";
import golden from "../../vectors/audit/golden.json" with { type: "json" };

const text = (value: string) => new TextEncoder().encode(value);
const repeat = (byte: number, count: number) => new Uint8Array(count).fill(byte);
const count = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => from + i);

describe("hmacSha256()", () => {
  // RFC 4231, section 4; test case 5 is the truncated one.
  const rows: readonly [string, Uint8Array, Uint8Array, string][] = [
    [
      "1",
      repeat(0x0b, 20),
      text("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "2",
      text("Jefe"),
      text("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "3",
      repeat(0xaa, 20),
      repeat(0xdd, 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      "4",
      count(1, 25),
      repeat(0xcd, 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [
      "5",
      repeat(0x0c, 20),
      text("Test With Truncation"),
      "a3b6167473100ee06e0c796c2955552b",
    ],
    [
      "6",
      repeat(0xaa, 131),
      text("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      "7",
      repeat(0xaa, 131),
      text(
        "This is a test using a larger than block-size key and a larger than block-size data. " +
          "The key needs to be hashed before being used by the HMAC algorithm.",
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ];
  for (const [name, key, data, expected] of rows) {
    it(`RFC 4231 test case ${name}`, () => {
      assertEquals(encodeHex(hmacSha256(key, data)).slice(0, expected.length), expected);
    });
  }
});

describe("deriveHkdf()", () => {
  it("RFC 5869 test case 1", () => {
    const input = { key: repeat(0x0b, 22), salt: count(0, 13), info: count(0xf0, 10) };
    assertEquals(
      encodeHex(deriveHkdf(input, 42, hmacSha256)),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });
  it("RFC 5869 test case 2, three blocks", () => {
    const input = { key: count(0, 80), salt: count(0x60, 80), info: count(0xb0, 80) };
    assertEquals(
      encodeHex(deriveHkdf(input, 82, hmacSha256)),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c" +
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71" +
        "cc30c58179ec3e87c14c01d5c1f3434f1d87",
    );
  });
  it("RFC 5869 test case 3, empty salt and info", () => {
    const none = new Uint8Array();
    const input = { key: repeat(0x0b, 22), salt: none, info: none };
    assertEquals(
      encodeHex(deriveHkdf(input, 42, hmacSha256)),
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });
});

describe("deriveEpochKeys()", () => {
  const secret = decodeHex(golden.root_secret_hex);
  it("matches the golden vector in both epochs", () => {
    for (const [epoch, expected] of golden.entry_keys_hex.entries()) {
      const keys = deriveEpochKeys(secret, golden.log_id, epoch, hmacSha256);
      assertEquals(encodeHex(keys.entryKey), expected);
      assertEquals(keys.kid, golden.kid);
      assertEquals(keys.epoch, epoch);
    }
  });
  it("AUD-08 gives another log other keys under the same secret", () => {
    const own = deriveEpochKeys(secret, golden.log_id, 0, hmacSha256);
    const other = deriveEpochKeys(secret, "b0".repeat(16), 0, hmacSha256);
    assertNotEquals(encodeHex(own.entryKey), encodeHex(other.entryKey));
    assertNotEquals(own.kid, other.kid);
  });
  it("keeps the key of lines and the key of heads apart", () => {
    const keys = deriveEpochKeys(secret, golden.log_id, 0, hmacSha256);
    assertNotEquals(encodeHex(keys.entryKey), encodeHex(keys.headKey));
  });
});
