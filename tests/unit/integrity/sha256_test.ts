import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { hmacSha256, sha256 } from "../../../src/core/integrity/sha256.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const fill = (count: number, byte: number) => new Uint8Array(count).fill(byte);

describe("sha256()", () => {
  // FIPS 180-2 appendix B, and the empty message of the NIST example values.
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ["empty", bytes(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["one block", bytes("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "two blocks",
      bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "a million letters",
      fill(1_000_000, 0x61),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ],
  ];
  for (const [name, data, digest] of rows) {
    it(`agrees with FIPS 180: ${name}`, () => assertEquals(encodeHex(sha256(data)), digest));
  }

  it("agrees with WebCrypto around every block boundary", async () => {
    for (let length = 0; length <= 200; length++) {
      const data = crypto.getRandomValues(new Uint8Array(length));
      const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
      assertEquals(sha256(data), expected, `${length} bytes: ${encodeHex(data)}`);
    }
  });
});

describe("hmacSha256()", () => {
  // RFC 4231 section 4; case 5 is truncated to 128 bits there.
  const rows: readonly (readonly [number, Uint8Array, Uint8Array, string])[] = [
    [
      1,
      fill(20, 0x0b),
      bytes("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      2,
      bytes("Jefe"),
      bytes("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      3,
      fill(20, 0xaa),
      fill(50, 0xdd),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ],
    [
      4,
      Uint8Array.from({ length: 25 }, (_, i) => i + 1),
      fill(50, 0xcd),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [5, fill(20, 0x0c), bytes("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
    [
      6,
      fill(131, 0xaa),
      bytes("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      7,
      fill(131, 0xaa),
      bytes(
        "This is a test using a larger than block-size key and a larger than block-size data. " +
          "The key needs to be hashed before being used by the HMAC algorithm.",
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ];
  for (const [number, key, data, mac] of rows) {
    it(`agrees with RFC 4231 case ${number}`, () => {
      assertEquals(encodeHex(hmacSha256(key, data)).slice(0, mac.length), mac);
    });
  }

  it("agrees with WebCrypto for keys around the block size", async () => {
    for (let length = 1; length <= 130; length++) {
      const key = crypto.getRandomValues(new Uint8Array(length));
      const data = crypto.getRandomValues(new Uint8Array(length * 3));
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
      const expected = new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
      assertEquals(hmacSha256(key, data), expected, `${length} bytes: ${encodeHex(key)}`);
    }
  });
});
