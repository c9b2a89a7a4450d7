/**
 * What a walk over the log means, as one verdict; README, "Exit status", gives each its status.
 *
 * @module
 */
import { EngineError, type ErrorCode, TamperDetectedError } from "../errors.ts";
import type { Entry, Head } from "./entry.ts";
import type { MarkReading } from "./mark.ts";
import type { Finding } from "./verifier.ts";

/** Verdicts of the log. */
export const logVerdicts = [
  "OK",
  "OK-UNANCHORED",
  "UNCLEAN-END",
  "FRONT-PRUNED",
  "UNVERIFIABLE",
  "TAMPERED",
  "ROLLBACK",
  "FORK",
  "FOREIGN-LOG",
  "MISSING",
] as const;
export type LogVerdict = typeof logVerdicts[number];

/** Entries about which nothing can be said, both included. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** What a walk over the log found. */
export interface LogReport {
  readonly verdict: LogVerdict;
  /** Verified entries, from the first one there is on. */
  readonly entries: number;
  /** Sequence number of the first entry there is; 0 unless older segments were pruned. */
  readonly first_seq: number;
  readonly head_seq: number;
  readonly head_mac: string;
  /** Segments looked at, the one that is appended to included. */
  readonly segments: number;
  /** Number of the segment the first finding is in; null when there is none. */
  readonly segment: number | null;
  /** Sequence number the first finding is about; null when there is none. */
  readonly seq: number | null;
  /** Byte offset of the first finding in the segment's file; null when there is none. */
  readonly offset: number | null;
  /** Short machine word for the finding, e.g. `mac`, `sequence`, `prev`, `frame`; null if none. */
  readonly kind: string | null;
  /** Anchors from outside that this log agrees with. */
  readonly anchors: number;
  /** Entries whose key is not at hand. */
  readonly unverifiable: readonly SeqRange[];
  /** Entries whose time lies before that of the entry before, and the first: flagged, no finding. */
  readonly clock_back: { readonly count: number; readonly first_seq: number | null };
  readonly message: string;
}

/** A head known from elsewhere, and the segment it lies in. */
export interface KnownHead extends Head {
  readonly seg: number;
}

/** A finding and the segment it is in. */
export interface LogFinding extends Finding {
  readonly seg: number;
}

/** What an anchor kept outside said of the log. */
export interface AnchorOutcome {
  /**
   * `silent`: what it speaks of was pruned, or its key is not here; `foreign`: it speaks of another
   * log of this install.
   */
  readonly kind: "agrees" | "beyond" | "contradicts" | "silent" | "foreign";
  /** What it was, e.g. `checkpoint of 17 entries`. */
  readonly name: string;
  /** First entry it tells apart; null when it does not say. */
  readonly seq: number | null;
}

/** Everything a verdict is made of. */
export interface LogEvidence {
  /** The newest segment. */
  readonly seg: number;
  /** Segments there are. */
  readonly segments: number;
  /** Before the first line there is; `seq` -1 unless older segments were pruned. */
  readonly start: Head;
  /** After the last verified line; `sizeBytes` counts in its segment. */
  readonly head: Head;
  readonly finding: LogFinding | null;
  /** Bytes after the last whole line of the newest segment. */
  readonly fragmentBytes: number;
  /** Log id in the first line, believed by nobody; null when it could not be read. */
  readonly claimedLogId: string | null;
  readonly logId: string;
  /** Readings of the head slots beside the log. */
  readonly heads: readonly MarkReading[];
  /** Readings of the marks in the state folder. */
  readonly marks: readonly MarkReading[];
  /** Heads the log must have reached: those of the readings, and one kept in memory. */
  readonly known: readonly KnownHead[];
  /** The oldest segment there is. */
  readonly firstSeg: number;
  /** Segments after it that should be there and are not. */
  readonly missing: readonly number[];
  /** Whether an entry says that everything before `start` was removed. */
  readonly isPruned: boolean;
  /** A rotation was cut short: the newest segment is sealed and no next one begun. */
  readonly isBetween: boolean;
  readonly anchors: readonly AnchorOutcome[];
  readonly unverifiable: readonly SeqRange[];
  readonly clockBack: { readonly count: number; readonly firstSeq: number | null };
  /** MACs of entries that were asked for and met. */
  readonly macs: ReadonlyMap<number, string>;
  /** Verified structural entries, in log order. */
  readonly structural: readonly Entry[];
}

const codes: Partial<Record<LogVerdict, ErrorCode>> = {
  TAMPERED: "audit_tampered",
  ROLLBACK: "audit_rollback",
  FORK: "audit_fork",
  "FOREIGN-LOG": "audit_foreign",
  MISSING: "audit_missing",
};

/** The failure a verdict is for whoever wanted to use the log; null for verdicts one may go on with. */
export function toLogError(
  { verdict, message, unverifiable }: LogReport,
): EngineError | null {
  if (verdict === "UNVERIFIABLE") {
    const hint = unverifiable.length === 0
      ? "check which secret this install uses: `sealward help environment`"
      : "whoever keeps their secret gives it: SCALPEL_AUDIT_SECRET_FILE=FILE before the command";
    return new EngineError("audit_unverifiable", message, { hint });
  }
  const code = codes[verdict];
  if (code === undefined) return null;
  const hint = "keep the files as they are and run `sealward audit verify` for the whole finding";
  return new TamperDetectedError(code, message, { hint });
}

/** The report for a log that could not even be opened because something else stands in its place. */
export function refusedReport({ code, message }: TamperDetectedError): LogReport {
  const verdict = logVerdicts.find((name) => codes[name] === code) ?? "TAMPERED";
  return {
    verdict,
    entries: 0,
    first_seq: 0,
    head_seq: -1,
    head_mac: "0".repeat(64),
    segments: 0,
    segment: null,
    seq: null,
    offset: null,
    kind: "place",
    anchors: 0,
    unverifiable: [],
    clock_back: { count: 0, first_seq: null },
    message,
  };
}
