/**
 * The part of the state that remembers what was written through the engine lately.
 *
 * @module
 */
import { maxWrittenFiles } from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";

export interface WrittenState {
  /** Keys of files (decision/written_paths.ts), the last written last; the oldest fall out. */
  readonly written: readonly string[];
}

export const emptyWritten: WrittenState = { written: [] };

/** Folds the entry of a decision. */
export function foldWritten<T extends WrittenState>(state: T, details: JsonObject): T {
  const keys = details["writes"];
  if (details["decision"] === "deny" || !Array.isArray(keys) || keys.length === 0) return state;
  const added = new Set(keys.map(String));
  const kept = state.written.filter((key) => !added.has(key));
  return { ...state, written: [...kept, ...added].slice(-maxWrittenFiles) };
}
