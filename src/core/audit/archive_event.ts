/**
 * The entry that says which closed segments were copied elsewhere. SPEC.md, "Archives".
 *
 * @module
 */
import type { NewEvent } from "./entry.ts";
import type { RemovedSegment } from "./segment.ts";

/** @param segments Number and SHA-256 of each file, at most maxSegmentsPerEntry. */
export function archiveEvent(segments: readonly RemovedSegment[], principal: string): NewEvent {
  return {
    type: "audit.archive",
    severity: "LOW",
    details: { principal, segments: segments.map(([seg, sha256]) => [seg, sha256]) },
  };
}
