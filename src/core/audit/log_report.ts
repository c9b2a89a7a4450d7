/**
 * What a walk over the log means, as one verdict; README, "Exit status", gives each its status.
 *
 * @module
 */
import { EngineError, type ErrorCode, TamperDetectedError } from "../errors.ts";
import type { Head } from "./entry.ts";
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

/** What a walk over the log found. */
export interface LogReport {
  readonly verdict: LogVerdict;
  /** Verified entries from genesis on. */
  readonly entries: number;
  readonly head_seq: number;
  readonly head_mac: string;
  /** Sequence number the first finding is about; null when there is none. */
  readonly seq: number | null;
  /** Byte offset of the first finding in the log file; null when there is none. */
  readonly offset: number | null;
  /** Short machine word for the finding, e.g. `mac`, `sequence`, `prev`, `frame`; null if none. */
  readonly kind: string | null;
  readonly message: string;
}

/** Everything a verdict is made of. */
export interface LogEvidence {
  /** After the last verified line. */
  readonly head: Head;
  readonly finding: Finding | null;
  /** Bytes after the last LF. */
  readonly fragmentBytes: number;
  /** Log id in the first line, believed by nobody; null when it could not be read. */
  readonly claimedLogId: string | null;
  readonly logId: string;
  /** Readings of the head slots beside the log. */
  readonly heads: readonly MarkReading[];
  /** Readings of the marks in the state folder. */
  readonly marks: readonly MarkReading[];
  /** Heads the log must have reached: those of the readings, and one kept in memory. */
  readonly known: readonly Head[];
}

/** Reaches a verdict; the worst thing seen decides, and an end that is only torn is no tampering. */
export function judgeLog(evidence: LogEvidence): LogReport {
  const { finding, head, fragmentBytes } = evidence;
  if (finding !== null) return judgeFinding(evidence, finding);
  const lost = judgeSlots(evidence, "head", evidence.heads) ??
    judgeSlots(evidence, "mark", evidence.marks);
  if (lost !== null) return lost;
  // They are written one after the other: a crash can tear one of a turn's two, never both.
  if (evidence.heads.some(({ kind }, i) => kind === "damaged" && isDamaged(evidence.marks[i]))) {
    return report("TAMPERED", evidence, "Head and mark of one turn are both damaged", "head");
  }
  const cut = evidence.known.find(({ seq }) => seq > head.seq);
  if (cut !== undefined) return judgeEnd(evidence, cut);
  if (fragmentBytes > 0) {
    const message = `The last write was cut short: ${fragmentBytes} bytes after entry ${head.seq}`;
    return report("UNCLEAN-END", evidence, message, "frame");
  }
  return report("OK-UNANCHORED", evidence, intactMessage(head.seq), null);
}

function isDamaged(reading: MarkReading | undefined): boolean {
  return reading?.kind === "damaged";
}

function intactMessage(seq: number): string {
  return `Entries 0 to ${seq} are intact and complete as far as head and mark know; a copy that was ` +
    "rolled back together with both would look the same: compare the head with one kept elsewhere";
}

function judgeFinding(evidence: LogEvidence, finding: Finding): LogReport {
  const { kind, seq, offset } = finding;
  if (kind === "key" && seq === 0) {
    const { claimedLogId, logId } = evidence;
    const isOther = claimedLogId !== null && claimedLogId !== logId;
    if (isOther) return report("FOREIGN-LOG", evidence, "This is the log of another install", kind);
    if (!hasMark(evidence)) return wrongSecret(evidence);
  }
  if (kind === "head") {
    const message = `Entry ${seq} is not the one that was recorded: the log was replaced`;
    return report("ROLLBACK", evidence, message, kind);
  }
  const message = `Entry ${seq} at byte ${offset} does not verify: ${kind}`;
  return report("TAMPERED", evidence, message, kind);
}

function hasMark({ heads, marks }: LogEvidence): boolean {
  return [...heads, ...marks].some((reading) => reading.kind === "mark");
}

function wrongSecret(evidence: LogEvidence): LogReport {
  const message = "The log was written under another secret: nothing can be said about it";
  return report("UNVERIFIABLE", evidence, message, "key");
}

/** Null while one of the two slots holds a mark: the other, damaged, may be a torn write. */
function judgeSlots(
  evidence: LogEvidence,
  name: "head" | "mark",
  readings: readonly MarkReading[],
): LogReport | null {
  if (readings.some((reading) => reading.kind === "missing")) {
    return report("MISSING", evidence, `The log's ${name} is gone`, name);
  }
  if (readings.some((reading) => reading.kind === "mark")) return null;
  if (readings.some((reading) => reading.kind === "other_log")) {
    return report("FOREIGN-LOG", evidence, `The log's ${name} is of another install`, name);
  }
  return report("TAMPERED", evidence, `The log's ${name} does not verify`, name);
}

/** Something a head names is not there: cut off, or there but damaged. */
function judgeEnd(evidence: LogEvidence, known: Head): LogReport {
  const { head, fragmentBytes } = evidence;
  const missing = `entries ${head.seq + 1} to ${known.seq}`;
  if (head.sizeBytes + fragmentBytes < known.sizeBytes) {
    return report("ROLLBACK", evidence, `The log ends too early: ${missing} are gone`, "head");
  }
  return report("TAMPERED", evidence, `The end of the log is damaged: ${missing}`, "frame");
}

function report(
  verdict: LogVerdict,
  evidence: LogEvidence,
  message: string,
  kind: string | null,
): LogReport {
  const { head, finding } = evidence;
  const isAtEnd = finding === null && (kind === "frame" || verdict === "ROLLBACK");
  return {
    verdict,
    entries: head.seq + 1,
    head_seq: head.seq,
    head_mac: head.mac,
    seq: finding?.seq ?? (isAtEnd ? head.seq + 1 : null),
    offset: finding?.offset ?? (isAtEnd ? head.sizeBytes : null),
    kind,
    message,
  };
}

const codes: Partial<Record<LogVerdict, ErrorCode>> = {
  TAMPERED: "audit_tampered",
  ROLLBACK: "audit_rollback",
  FORK: "audit_fork",
  "FOREIGN-LOG": "audit_foreign",
  MISSING: "audit_missing",
};

/** The failure a verdict is for whoever wanted to use the log; null for verdicts one may go on with. */
export function toLogError({ verdict, message }: LogReport): EngineError | null {
  if (verdict === "UNVERIFIABLE") {
    return new EngineError("audit_unverifiable", message, {
      hint: "check which secret this install uses",
    });
  }
  const code = codes[verdict];
  if (code === undefined) return null;
  const hint = "keep the files as they are and run the log verification for the whole finding";
  return new TamperDetectedError(code, message, { hint });
}

/** The report for a log that could not even be opened because something else stands in its place. */
export function refusedReport({ code, message }: TamperDetectedError): LogReport {
  const verdict = logVerdicts.find((name) => codes[name] === code) ?? "TAMPERED";
  return {
    verdict,
    entries: 0,
    head_seq: -1,
    head_mac: "0".repeat(64),
    seq: null,
    offset: null,
    kind: "place",
    message,
  };
}
