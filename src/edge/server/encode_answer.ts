/**
 * Answer → Response: the one place where bytes leave the server.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import {
  encodeAnswerProof,
  encodeAnswerSignature,
  signatureHeader,
} from "../../core/integrity/answer_proof.ts";
import type { Sha256, SignEd25519 } from "../../core/ports.ts";
import type { Answer } from "./answer.ts";

/** The key answers are signed with. */
export interface AnswerSigner {
  readonly sha256: Sha256;
  /** Null when the installation has no signing key: then no answer carries a signature. */
  readonly sign: SignEd25519 | null;
  /** See encodeKeyId in answer_proof.ts. */
  readonly keyId: string;
}

const encoder = new TextEncoder();
const constantHeaders = {
  "x-content-type-options": "nosniff",
  // The signature is over these bytes: nobody on the way may store or recode them.
  "cache-control": "no-store, no-transform",
  "cross-origin-resource-policy": "same-origin",
} as const;

/**
 * Encodes and signs.
 *
 * @param nonce Of an authenticated client that wants a signature; null leaves it out.
 */
export function encodeAnswer(
  answer: Answer,
  nonce: string | null,
  signer: AnswerSigner,
): Response {
  const text = encodeBody(answer.body);
  const mediaType = answer.status < 400 ? "application/json" : "application/problem+json";
  const headers: Record<string, string> = {
    "content-type": `${mediaType}; charset=utf-8`,
    ...constantHeaders,
    ...answer.headers,
  };
  if (nonce !== null && signer.sign !== null) {
    const proof = encodeAnswerProof({
      nonce,
      operationDigests: answer.operationDigests,
      status: answer.status,
      bodySha256Hex: encodeHex(signer.sha256(encoder.encode(text))),
    });
    headers[signatureHeader] = encodeAnswerSignature(signer.keyId, signer.sign(proof));
  }
  return new Response(text, { status: answer.status, headers });
}

/**
 * SECURITY: file names are the agent's text. Everything outside printable ASCII, and what could
 * end a script element, leaves as \uXXXX: inert in a browser, a terminal and a log.
 */
function encodeBody(body: object): string {
  return JSON.stringify(body).replace(
    /[<>&\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
