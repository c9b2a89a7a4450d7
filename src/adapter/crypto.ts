/**
 * Hashes, MACs, signatures and randomness from the runtime. Synchronous, because core is.
 *
 * @module
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { SignEd25519 } from "../core/ports.ts";

/** SHA-256 (FIPS 180-4). */
export function sha256(data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(data).digest());
}

/** HMAC-SHA-256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", key).update(data).digest());
}

/** Bytes from the operating system's generator. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** A new Ed25519 private key as PKCS #8 PEM (RFC 8410), which openssl reads too. */
export function newSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return String(privateKey.export({ type: "pkcs8", format: "pem" }));
}

/** The signing function and the raw 32-byte public key of a PKCS #8 PEM. */
export function openSigningKey(
  pem: string,
): { readonly sign: SignEd25519; readonly publicKey: Uint8Array } {
  const key = createPrivateKey(pem);
  return {
    sign: (data) => new Uint8Array(sign(null, data, key)),
    publicKey: rawPublicKey(createPublicKey(key as unknown as string) as KeyObject),
  };
}

// The SubjectPublicKeyInfo of RFC 8410 is a fixed 12-byte head before the 32 key bytes.
function rawPublicKey(key: KeyObject): Uint8Array {
  const der = new Uint8Array(key.export({ type: "spki", format: "der" }) as Uint8Array);
  return der.slice(der.length - 32);
}
