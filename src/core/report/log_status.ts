/**
 * The state of the chain, as a report shows it (wire form: docs/report.md, `log`).
 *
 * @module
 */
import type { LogReport } from "../audit/log_report.ts";

/** Files the log is spread over. */
export interface SegmentsStatus {
  /** The active one included. */
  readonly count: number;
  /** Closed for good, with a seal over all their bytes. */
  readonly sealed: number;
  /** Oldest entry that is still there; more than 0 once older segments were pruned. */
  readonly first_seq: number;
}

/** Statements of the head that were given out. */
export interface CheckpointsStatus {
  readonly count: number;
  /** Entries the newest covers: up to this one; null for none. */
  readonly last_seq: number | null;
  readonly last_at: string | null;
}

/** What a walk may know beyond the chain; a log without segments or checkpoints leaves them out. */
export interface LogExtent {
  readonly segments?: SegmentsStatus;
  readonly checkpoints?: CheckpointsStatus;
}

/** Keys are only ever added. */
export interface LogStatus
  extends Pick<LogReport, "verdict" | "entries" | "head_seq" | "head_mac" | "message">, LogExtent {}

/** A log report with fields of LogExtent carries them into every form of the report. */
export function logStatusOf(report: LogReport & LogExtent): LogStatus {
  const { verdict, entries, head_seq, head_mac, message, segments, checkpoints } = report;
  return {
    verdict,
    entries,
    head_seq,
    head_mac,
    message,
    ...(segments === undefined ? {} : { segments }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  };
}
