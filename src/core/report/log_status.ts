/**
 * The state of the chain, as a report shows it (wire form: docs/report.md, `log`).
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
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

/** Keys are only ever added. */
export interface LogStatus
  extends Pick<LogReport, "verdict" | "entries" | "head_seq" | "head_mac" | "message"> {
  readonly segments: SegmentsStatus;
  readonly checkpoints: CheckpointsStatus;
}

/** @param checkpoints Entries of type `audit.checkpoint`, in log order. */
export function logStatusOf(report: LogReport, checkpoints: readonly Entry[]): LogStatus {
  const { verdict, entries, head_seq, head_mac, message, segments, first_seq } = report;
  const last = checkpoints.at(-1);
  const size = last?.details["size"];
  return {
    verdict,
    entries,
    head_seq,
    head_mac,
    message,
    segments: { count: segments, sealed: Math.max(0, segments - 1), first_seq },
    checkpoints: {
      count: checkpoints.length,
      last_seq: typeof size === "number" ? size - 1 : null,
      last_at: last?.at ?? null,
    },
  };
}
