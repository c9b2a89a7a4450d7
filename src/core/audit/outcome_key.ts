/**
 * What an outcome is paired with its decision by: hashes, so that the state stays small and holds
 * none of a caller's own words.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Sha256 } from "../ports.ts";

export interface OutcomeKey {
  /** 16 hex digits of the SHA-256 of the correlation id. */
  readonly correlation: string;
  /** 8 hex digits of the SHA-256 of the session's name; of nothing when it has none. */
  readonly session: string;
}

/** SECURITY: of the whole id; what an entry quotes of it is cut, and two ids could become one. */
export function outcomeKey(
  correlationId: string,
  session: string | null,
  sha256: Sha256,
): OutcomeKey {
  return {
    correlation: hashText(correlationId, sha256).slice(0, 16),
    session: sessionKey(session, sha256),
  };
}

export function sessionKey(session: string | null, sha256: Sha256): string {
  return hashText(session ?? "", sha256).slice(0, 8);
}

/** 16 hex digits of the SHA-256 of a path relative to the root. */
export function pathKey(path: string, sha256: Sha256): string {
  return hashText(path, sha256).slice(0, 16);
}

function hashText(text: string, sha256: Sha256): string {
  return encodeHex(sha256(new TextEncoder().encode(text)));
}
