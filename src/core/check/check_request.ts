/**
 * What a check is asked, in bytes that are the same everywhere.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import type { JsonObject } from "../operation/operation.ts";

export interface CheckRequest {
  readonly v: 1;
  /** `settings`: whether it can work with them; a violation refuses them. */
  readonly kind: "operation" | "settings";
  /** The wire form of the operation, with `effects` as the engine found them; null for `settings`. */
  readonly operation: JsonObject | null;
  readonly settings: JsonObject;
  readonly policy: { readonly id: string; readonly version: string };
  /** The operation's `timestamp` as given, else null: a check has no clock. */
  readonly now: string | null;
}

/** RFC 8785, UTF-8: fuel depends on every byte. */
export function encodeCheckRequest(request: CheckRequest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalize(request));
}
