import { assert, assertEquals } from "@std/assert";
import { decodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha512 } from "../../../src/adapter/signing_key.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { verifyRsa } from "../../../src/core/integrity/verify_rsa.ts";
import { bytesOf, decodeUrl } from "../../support/ssh_signer.ts";

const name = "RSASSA-PKCS1-v1_5";
const data = new TextEncoder().encode("data");
const hashes = { sha256, sha512 };

/** A key of the runtime's and its signature: two implementations that know nothing of each other. */
async function made(hash: "sha256" | "sha512", modulusLength = 2_048, exponent = [1, 0, 1]) {
  const pair = await crypto.subtle.generateKey(
    {
      name,
      hash: hash === "sha256" ? "SHA-256" : "SHA-512",
      modulusLength,
      publicExponent: Uint8Array.from(exponent),
    },
    true,
    ["sign", "verify"],
  );
  const { n = "", e = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const signature = new Uint8Array(await crypto.subtle.sign(name, pair.privateKey, data));
  const key = { modulus: decodeUrl(n), exponent: decodeUrl(e) };
  return { key, signed: { hash, digest: hashes[hash](data), signature } };
}

describe("verifyRsa()", () => {
  for (const hash of ["sha256", "sha512"] as const) {
    it(`verifies what the runtime signed with ${hash}, and no other bytes`, async () => {
      const { key, signed } = await made(hash);
      assert(verifyRsa(key, signed));
      for (let at = 0; at < signed.signature.length; at += 5) {
        const signature = signed.signature.with(at, (signed.signature[at] ?? 0) ^ 1);
        assertEquals(verifyRsa(key, { ...signed, signature }), false, `byte ${at}`);
      }
      const other = hash === "sha256" ? "sha512" : "sha256";
      assertEquals(verifyRsa(key, { ...signed, hash: other }), false);
      assertEquals(verifyRsa(key, { ...signed, hash: other, digest: hashes[other](data) }), false);
      assertEquals(verifyRsa(key, { ...signed, digest: hashes[hash](new Uint8Array()) }), false);
    });
  }

  it("is false for another length, zero, and numbers not below the modulus", async () => {
    const { key, signed } = await made("sha256");
    const { signature } = signed;
    const rows = [
      new Uint8Array(),
      new Uint8Array(256),
      signature.slice(1),
      bytesOf(Uint8Array.of(0), signature),
      bytesOf(signature, Uint8Array.of(0)),
      key.modulus,
      new Uint8Array(256).fill(0xff),
    ];
    for (const row of rows) assertEquals(verifyRsa(key, { ...signed, signature: row }), false);
    const short = { ...key, modulus: key.modulus.slice(0, 61) };
    assertEquals(verifyRsa(short, { ...signed, signature: new Uint8Array(61) }), false);
  });

  it("is false for a signature with the modulus added, which raises to the same", () => {
    // Under the exponent 1 what is padded is its own signature, and small enough to add to.
    const modulus = new Uint8Array(256).fill(0xa5);
    const key = { modulus, exponent: Uint8Array.of(1) };
    const info = decodeHex("3031300d060960864801650304020105000420");
    const signature = bytesOf(
      Uint8Array.of(0, 1),
      new Uint8Array(202).fill(0xff),
      Uint8Array.of(0),
      info,
      sha256(data),
    );
    const signed = { hash: "sha256", digest: sha256(data), signature } as const;
    assert(verifyRsa(key, signed));
    const sum = BigInt(`0x${toHex(signature)}`) + BigInt(`0x${toHex(modulus)}`);
    const added = decodeHex(sum.toString(16));
    assertEquals(added.length, modulus.length);
    assertEquals(verifyRsa(key, { ...signed, signature: added }), false);
  });

  it("takes no cube root for a signature under the exponent 3 (CVE-2006-4339)", async () => {
    const { key, signed } = await made("sha256", 2_048, [3]);
    assert(verifyRsa(key, signed));
    // 00 01 ff*8 00 DigestInfo and then anything: a number whose cube begins so is easily found.
    const head = "0001ffffffffffffffff003031300d060960864801650304020105000420";
    const start = bytesOf(decodeHex(head), signed.digest);
    const least = bytesOf(start, new Uint8Array(256 - start.length));
    const root = cubeRoot(BigInt(`0x${toHex(least)}`)) + 1n;
    const cube = decodeHex((root ** 3n).toString(16).padStart(512, "0"));
    assertEquals(
      cube.slice(0, start.length),
      start,
      "the forgery would fool who reads from the left",
    );
    const signature = decodeHex(root.toString(16).padStart(512, "0"));
    assertEquals(verifyRsa(key, { ...signed, signature }), false);
  });
});

function cubeRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 700n;
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    if (middle ** 3n <= value) low = middle;
    else high = middle;
  }
  return low;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
