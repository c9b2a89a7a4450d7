/**
 * The client's nonce, which the answer's signature will bind.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { isNonce, nonceHeader } from "../../core/integrity/answer_proof.ts";

/**
 * @returns The nonce; null when the client asks for no signature.
 * @throws {EngineError} `usage` when it is malformed or sent twice.
 */
export function parseNonce(headers: Headers): string | null {
  const nonce = headers.get(nonceHeader);
  if (nonce === null || isNonce(nonce)) return nonce;
  throw new EngineError(
    "usage",
    `Got a malformed ${nonceHeader}, wanted 22 to 88 base64url digits`,
  );
}
