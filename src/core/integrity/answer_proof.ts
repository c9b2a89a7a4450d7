/**
 * The bytes a server signs under each answer, and the header that carries the signature. Both ends
 * build the bytes from their own knowledge; nothing in them is taken from the other side unchecked.
 *
 *     sealward-answer-v1 LF
 *     nonce LF                        the client's, so an old answer proves nothing
 *     operation digests, by "," LF    in the order asked; empty when the answer is no decision; of
 *                                     an outcome or a settlement its one digest, see encodeReport
 *     HTTP status, decimal LF
 *     SHA-256 of the body, hex LF     the body holds decision, reason and place in the log
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { bytesToHex } from "./bytes_to_hex.ts";

export const nonceHeader = "Sealward-Nonce";
export const signatureHeader = "Sealward-Signature";

/** Base64url without padding; 22 characters are 128 bits. */
const noncePattern = /^[A-Za-z0-9_-]{22,88}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const hexPattern = /^[0-9a-f]{64}$/;
const signaturePattern = /^ed25519;([0-9a-f]{16});([A-Za-z0-9+/]{86}==)$/;

/** What one signature binds together. */
export interface AnswerProof {
  readonly nonce: string;
  /** `sha256:` and 64 hex digits each. */
  readonly operationDigests: readonly string[];
  readonly status: number;
  /** 64 lower-case hex digits. */
  readonly bodySha256Hex: string;
}

/** A parsed `Sealward-Signature`. */
export interface AnswerSignature {
  /** See encodeKeyId. */
  readonly keyId: string;
  /** 64 bytes, RFC 8032. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Whether `text` is 22 to 88 characters of base64url. */
export function isNonce(text: string): boolean {
  return noncePattern.test(text);
}

/**
 * The signed bytes.
 *
 * @throws {EngineError} `internal` when a field could be read as two: the encoding is unambiguous
 * only because no field holds a comma or line feed.
 */
export function encodeAnswerProof(proof: AnswerProof): Uint8Array<ArrayBuffer> {
  const { nonce, operationDigests, status, bodySha256Hex } = proof;
  const isUnambiguous = isNonce(nonce) && hexPattern.test(bodySha256Hex) &&
    Number.isInteger(status) && operationDigests.every((digest) => digestPattern.test(digest));
  if (!isUnambiguous) {
    throw new EngineError("internal", "Cannot encode answer proof: got a malformed field");
  }
  const lines = ["sealward-answer-v1", nonce, operationDigests.join(","), status, bodySha256Hex];
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

/**
 * What is hashed, as an operation is, of a report that asks for no decision.
 *
 * SECURITY: whoever stands between could have a harmless report confirmed in place of this one.
 */
export function encodeReport(path: string, body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`sealward-report-v1\n${path}\n${body}`);
}

/**
 * Name of a public key: 16 hex digits.
 *
 * @param publicKeySha256 SHA-256 of the raw 32-byte Ed25519 public key.
 */
export function encodeKeyId(publicKeySha256: Uint8Array): string {
  return bytesToHex(publicKeySha256.subarray(0, 8));
}

/** The header's value: `ed25519;<key id>;<base64>`. */
export function encodeAnswerSignature(keyId: string, signature: Uint8Array): string {
  return `ed25519;${keyId};${btoa(String.fromCharCode(...signature))}`;
}

/** The header's parts; null when it is anything but one signature in exactly our form. */
export function parseAnswerSignature(header: string): AnswerSignature | null {
  const [, keyId, base64] = signaturePattern.exec(header) ?? [];
  if (keyId === undefined || base64 === undefined) return null;
  return { keyId, signature: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) };
}
