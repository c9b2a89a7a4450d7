/**
 * Numbers a caller claims in `metadata`.
 *
 * @module
 */
import type { JsonObject } from "./operation.ts";

/**
 * Reads one claimed number: finite and not negative. Null when nothing is claimed; anything else
 * under that name, `null` included, is `invalid`, so that no spelling of "unlimited" passes.
 */
export function claimedNumber(metadata: JsonObject, key: string): number | null | "invalid" {
  if (!Object.hasOwn(metadata, key)) return null;
  const claim = metadata[key];
  return typeof claim === "number" && Number.isFinite(claim) && claim >= 0 ? claim : "invalid";
}
