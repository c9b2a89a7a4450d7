/**
 * Reads the `diff` of an operation in any form the engine knows.
 *
 * @module
 */
import { type Diff, parseDiff } from "./parse_diff.ts";
import { parsePatchEnvelope } from "./parse_patch_envelope.ts";

/** A unified diff or a patch envelope; null for anything else, and for half of either. */
export function parseChange(text: string): Diff | null {
  return parseDiff(text) ?? parsePatchEnvelope(text);
}
