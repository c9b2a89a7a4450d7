/**
 * The document of a request, as it was kept.
 *
 * @module
 */
import type { RequestState } from "../../core/audit/override_state.ts";
import { hexDigest } from "../../core/integrity/hex_digest.ts";
import { EngineError } from "../../core/errors.ts";
import type { RequestDocument } from "../../core/override/request_document.ts";
import type { EngineParts } from "../engine.ts";

export interface KeptDocument {
  readonly bytes: Uint8Array;
  readonly document: RequestDocument;
}

/** @throws {EngineError} `audit_unreadable` where it is gone or another one. */
export function readDocument(
  { id, document: digest }: RequestState,
  { readKept, sha256 }: Pick<EngineParts, "readKept" | "sha256">,
): KeptDocument {
  const bytes = readKept(digest);
  // SECURITY: what is shown, signed and granted is what the entry named.
  if (bytes === null || hexDigest(bytes, sha256) !== digest) throw lost(id);
  const document = JSON.parse(new TextDecoder().decode(bytes)) as RequestDocument;
  if (document.version !== 1 || document.request !== id) throw lost(id);
  return { bytes, document };
}

function lost(id: string): EngineError {
  return new EngineError("audit_unreadable", `The document of request ${id} is gone`, {
    hint: "it cannot be approved any more: ask for the operation again",
  });
}
