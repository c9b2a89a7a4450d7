/**
 * The closed segments of a log, by their names beside it.
 *
 * @module
 */
import { maxSegments } from "../../core/limits.ts";
import { toPlaceError } from "./audit_disk.ts";

const grammar = /^seg-([0-9]{8})\.jsonl$/;

/** Where a closed segment lies. */
export function segmentPath(sidePath: string, seg: number): string {
  return `${sidePath}/seg-${String(seg).padStart(8, "0")}.jsonl`;
}

/**
 * Numbers of the closed segments, ascending. A hint: names prove nothing, what is in the files does.
 *
 * @throws {EngineError} `audit_missing` when the folder is gone, `audit_unreadable`.
 */
export function listSegments(sidePath: string): readonly number[] {
  const found: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(sidePath)) {
      const seg = Number(grammar.exec(name)?.[1] ?? -1);
      if (seg >= 0 && seg < maxSegments) found.push(seg);
    }
  } catch (error) {
    throw toPlaceError(error, sidePath, "audit_unreadable");
  }
  return found.sort((a, b) => a - b);
}
