/**
 * Whether a writer may go on behind the end of the active segment.
 *
 * @module
 */
import { emptyHead } from "../../core/audit/chain.ts";
import { judgeLog } from "../../core/audit/judge_log.ts";
import { type KnownHead, toLogError } from "../../core/audit/log_report.ts";
import { oneLine, TamperDetectedError } from "../../core/errors.ts";
import type { RegularFile } from "./audit_disk.ts";
import type { SlotReadings } from "./audit_marks.ts";
import type { AuditOptions } from "./audit_options.ts";
import { segmentPath } from "./audit_segments.ts";
import type { WalkEnd } from "./audit_walk.ts";

/** How a walk over the active segment ended, and what is known of it. */
export interface ActiveEnd {
  readonly end: WalkEnd;
  readonly readings: SlotReadings;
  readonly known: readonly KnownHead[];
  readonly seg: number;
  readonly logId: string;
}

/**
 * Judged by what judges the whole log, on the little that opening looks at.
 *
 * @throws {EngineError} Unless it is an end to go on from.
 */
export function refuseEnd({ end, readings, known, seg, logId }: ActiveEnd): void {
  const report = judgeLog({
    ...end,
    ...readings,
    finding: end.finding === null ? null : { ...end.finding, seg },
    known,
    logId,
    seg,
    segments: 1,
    start: emptyHead,
    firstSeg: 0,
    missing: [],
    isPruned: false,
    isBetween: false,
    anchors: [],
    unverifiable: [],
    structural: end.structural.map(({ entry }) => entry),
  });
  const error = toLogError(report);
  if (error !== null) throw error;
}

/**
 * The newest segment is the file at the log's path, and no closed one has its number.
 *
 * @throws {TamperDetectedError} `audit_missing` when the newest file was moved among the closed ones;
 *   `audit_rollback` when an older one stands in its place.
 */
export function refuseMisplaced(
  { path }: RegularFile,
  seg: number,
  { logPath, sidePath }: AuditOptions,
): void {
  const hint = "keep the files as they are and run `sealward audit verify` for the whole finding";
  if (path !== logPath) {
    throw new TamperDetectedError("audit_missing", `Nothing is at ${oneLine(logPath)}`, { hint });
  }
  try {
    Deno.lstatSync(segmentPath(sidePath, seg));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const message = `Segment ${seg} was closed, and is open again: an older copy was put back`;
  throw new TamperDetectedError("audit_rollback", message, { hint });
}
