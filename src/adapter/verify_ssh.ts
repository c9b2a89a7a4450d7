/**
 * Signatures of SSH keys of every kind, by WebCrypto; loaded when somebody approves with one.
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { isSameSshKey } from "../core/integrity/is_same_ssh_key.ts";
import {
  type ParsedSshSignature,
  parseOverrideSignature,
} from "../core/integrity/parse_override_signature.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { type SignatureScheme, signedMessage } from "../core/integrity/signed_message.ts";
import type { SshKey } from "../core/integrity/ssh_key.ts";
import { verifyRsa } from "../core/integrity/verify_rsa.ts";

/** The runtime takes no longer RSA keys. */
const maxRuntimeModulusBytes = 512;

/**
 * Whether the armored signature is one of the message, made with this very key for this namespace.
 *
 * Total. SECURITY: whatever goes wrong is false; true is said in one place, by a verification.
 */
export async function verifySsh(
  key: SshKey,
  message: Uint8Array,
  armored: Uint8Array,
  namespace: string,
): Promise<boolean> {
  try {
    const parsed = parseOverrideSignature(armored, namespace);
    if (!isSameSshKey(parsed.key, key)) return false;
    return await verifyParsed(parsed, message) === true;
  } catch {
    return false;
  }
}

async function verifyParsed(parsed: ParsedSshSignature, message: Uint8Array): Promise<boolean> {
  const { sha512, verifyEd25519 } = await import("./signing_key.ts");
  const { bytes, scheme } = signedMessage(parsed, message, { sha256, sha512 });
  const { signature } = parsed;
  if (scheme.name === "ed25519") return verifyEd25519(scheme.publicKey, bytes, signature);
  if (scheme.name === "ecdsa-p256") return await verifyP256(scheme.point, bytes, signature);
  if (scheme.modulus.length <= maxRuntimeModulusBytes) {
    return await verifyShortRsa(scheme, bytes, signature);
  }
  const hashes = { sha256, sha512 };
  return verifyRsa(scheme, { hash: scheme.hash, digest: hashes[scheme.hash](bytes), signature });
}

async function verifyP256(
  point: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("raw", own(point), curve, false, ["verify"]);
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return await crypto.subtle.verify(algorithm, key, own(signature), own(data));
}

async function verifyShortRsa(
  { hash, modulus, exponent }: Extract<SignatureScheme, { readonly name: "rsa" }>,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const name = "RSASSA-PKCS1-v1_5";
  const algorithm = { name, hash: hash === "sha512" ? "SHA-512" : "SHA-256" };
  const jwk = { kty: "RSA", n: encodeUrl(modulus), e: encodeUrl(exponent) };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  return await crypto.subtle.verify(name, key, own(signature), own(data));
}

/** Base64 as JSON Web Keys hold it (RFC 7515 section 2). */
function encodeUrl(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** WebCrypto takes no memory that is shared. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
