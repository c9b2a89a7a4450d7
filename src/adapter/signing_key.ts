/**
 * Ed25519 keys and signatures (RFC 8032) from the runtime's Node module.
 *
 * The only file that imports one, and always loaded by `await import()`: on current runtimes the
 * first Node module costs more start-up than a whole decision.
 *
 * @module
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { encodeBase64 } from "@std/encoding/base64";
import { isSmallOrderKey } from "../core/integrity/is_small_order_key.ts";
import type { SignEd25519 } from "../core/ports.ts";

// The SubjectPublicKeyInfo of RFC 8410 is a fixed 12-byte head before the 32 key bytes.
const spkiHead = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const rawKeyBytes = 32;
// So is the PrivateKeyInfo before the 32 bytes of the seed.
const pkcs8Head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const signatureBytes = 64;

/** A new Ed25519 private key as PKCS #8 PEM (RFC 8410), which openssl reads too. */
export function newSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return String(privateKey.export({ type: "pkcs8", format: "pem" }));
}

/** The PEM of an Ed25519 private key's 32-byte seed. */
export function encodeSigningKeyPem(seed: Uint8Array): string {
  const base64 = encodeBase64(Uint8Array.of(...pkcs8Head, ...seed));
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

/** SHA-512; the port Sha512. */
export function sha512(data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha512").update(data).digest());
}

/** The signing function and the raw 32-byte public key of a PKCS #8 PEM. */
export function openSigningKey(
  pem: string,
): { readonly sign: SignEd25519; readonly publicKey: Uint8Array } {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("the key is not an Ed25519 key");
  return {
    sign: (data) => new Uint8Array(sign(null, data, key)),
    publicKey: rawPublicKey(createPublicKey(key as unknown as string) as KeyObject),
  };
}

/** Verifies under a raw public key; the port VerifyEd25519. */
export function verifyEd25519(
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== rawKeyBytes || signature.length !== signatureBytes) return false;
  if (isSmallOrderKey(publicKey)) return false;
  const spki = encodeBase64(Uint8Array.of(...spkiHead, ...publicKey));
  try {
    const key = createPublicKey(`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`);
    return verify(null, data, key, signature);
  } catch {
    // 32 bytes that are no point of the curve: nothing is signed under them.
    return false;
  }
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const der = new Uint8Array(key.export({ type: "spki", format: "der" }) as Uint8Array);
  return der.slice(der.length - rawKeyBytes);
}
