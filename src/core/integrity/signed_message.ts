/**
 * What a key really signed for a message (PROTOCOL.sshsig; PROTOCOL.u2f, "SSH U2F signatures").
 *
 * @module
 */
import type { RsaNumbers } from "./decode_ssh_key.ts";
import { encodeSsh } from "./encode_ssh.ts";
import type { ParsedSshSignature } from "./parse_override_signature.ts";
import { encodeSigned, type SshsigHash } from "./sshsig_blob.ts";
import type { SshsigHashes } from "./sshsig.ts";

/** The public-key algorithm, and the key as it takes it. */
export type SignatureScheme =
  | { readonly name: "ed25519"; readonly publicKey: Uint8Array }
  /** ECDSA P-256 with SHA-256 (FIPS 186-5); a point of 65 bytes. */
  | { readonly name: "ecdsa-p256"; readonly point: Uint8Array }
  /** RSASSA-PKCS1-v1_5 (RFC 8017). */
  | { readonly name: "rsa"; readonly hash: SshsigHash } & RsaNumbers;

export interface SignedMessage {
  /** What the algorithm verifies `signature` of; it hashes them itself. */
  readonly bytes: Uint8Array;
  readonly scheme: SignatureScheme;
}

/** What has to hold for the signature to be one of `message`. */
export function signedMessage(
  parsed: ParsedSshSignature,
  message: Uint8Array,
  hashes: SshsigHashes,
): SignedMessage {
  const { namespace, hash, material, authenticator } = parsed;
  const signed = encodeSigned(namespace, hash, hashes[hash](message));
  const scheme = schemeOf(parsed);
  if (authenticator === null || !("application" in material)) return { bytes: signed, scheme };
  const application = hashes.sha256(new TextEncoder().encode(material.application));
  const { flags, counter } = authenticator;
  const bytes = encodeSsh(application, Uint8Array.of(flags), counter, hashes.sha256(signed));
  return { bytes, scheme };
}

function schemeOf({ material, algorithm }: ParsedSshSignature): SignatureScheme {
  if ("publicKey" in material) return { name: "ed25519", publicKey: material.publicKey };
  if ("point" in material) return { name: "ecdsa-p256", point: material.point };
  const { modulus, exponent } = material;
  return {
    name: "rsa",
    hash: algorithm === "rsa-sha2-512" ? "sha512" : "sha256",
    modulus,
    exponent,
  };
}
