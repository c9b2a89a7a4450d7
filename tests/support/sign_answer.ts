/**
 * A server that signs whatever a test gives it.
 */
import { encodeHex } from "@std/encoding/hex";
import {
  encodeAnswerProof,
  encodeAnswerSignature,
  encodeKeyId,
} from "../../src/core/integrity/answer_proof.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { openSigningKey } from "../../src/adapter/signing_key.ts";

export interface SignedContent {
  readonly key: ReturnType<typeof openSigningKey>;
  /** A string is sent as it is. */
  readonly body: object | string;
  /** Default 200. */
  readonly status?: number;
  readonly digests?: readonly string[];
}

/** The answer to exactly this request, of good form and genuine signature. */
export function signAnswer(request: Request, content: SignedContent): Promise<Response> {
  const { key, body, status = 200, digests = [] } = content;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const proof = encodeAnswerProof({
    nonce: request.headers.get("sealward-nonce") ?? "",
    operationDigests: digests,
    status,
    bodySha256Hex: encodeHex(sha256(new TextEncoder().encode(text))),
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "sealward-signature": encodeAnswerSignature(
      encodeKeyId(sha256(key.publicKey)),
      key.sign(proof),
    ),
  };
  return Promise.resolve(new Response(text, { status, headers }));
}
