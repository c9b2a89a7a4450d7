/**
 * Ed25519 keys and signatures (RFC 8032) from the runtime's Node module.
 *
 * The only file that imports one, and always loaded by `await import()`: on current runtimes the
 * first Node module costs more start-up than a whole decision.
 *
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { SignEd25519 } from "../core/ports.ts";

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
