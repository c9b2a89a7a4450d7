/**
 * From what a walk over the log found to one verdict.
 *
 * @module
 */
import type {
  AnchorOutcome,
  KnownHead,
  LogEvidence,
  LogFinding,
  LogReport,
  LogVerdict,
} from "./log_report.ts";
import type { MarkReading } from "./mark.ts";

/** Reaches a verdict; the worst thing seen decides, and an end that is only torn is no tampering. */
export function judgeLog(evidence: LogEvidence): LogReport {
  const { finding, head } = evidence;
  if (finding !== null) return judgeFinding(evidence, finding);
  const lost = judgeMissing(evidence) ?? judgeSlots(evidence, "head", evidence.heads) ??
    judgeSlots(evidence, "mark", evidence.marks);
  if (lost !== null) return lost;
  // They are written one after the other: a crash can tear one of a turn's two, never both.
  if (evidence.heads.some(({ kind }, i) => kind === "damaged" && isDamaged(evidence.marks[i]))) {
    return report("TAMPERED", evidence, "Head and mark of one turn are both damaged", "head");
  }
  const newest = evidence.known.toSorted((a, b) => b.seq - a.seq)[0];
  if (newest !== undefined && newest.seq > head.seq) return judgeEnd(evidence, newest);
  return judgeAnchors(evidence) ?? judgeIntact(evidence);
}

function judgeMissing(evidence: LogEvidence): LogReport | null {
  const { missing, isPruned, firstSeg } = evidence;
  const isCut = firstSeg > 0 && !isPruned;
  if (!isCut && missing.length === 0) return null;
  const gone = isCut ? 0 : missing[0] ?? 0;
  const more = (isCut ? firstSeg : 0) + missing.length - 1;
  const names = more === 0 ? `Segment ${gone} is` : `Segment ${gone} and ${more} more are`;
  const message = `${names} gone, and no entry says that it was removed`;
  return { ...report("MISSING", evidence, message, "segment"), segment: gone };
}

/** Nothing speaks against the log: how much speaks for it. */
function judgeIntact(evidence: LogEvidence): LogReport {
  const { fragmentBytes, head, unverifiable, anchors, isPruned, start, isBetween } = evidence;
  if (unverifiable.length > 0) {
    const ranges = unverifiable.map(({ from, to }) => `${from} to ${to}`).join(", ");
    const message = `The key of entries ${ranges} is not here: their files are the ones later ` +
      "entries name, more cannot be said without it";
    return report("UNVERIFIABLE", evidence, message + anchorText(anchors), "key");
  }
  if (fragmentBytes > 0) {
    const message = `The last write was cut short: ${fragmentBytes} bytes after entry ${head.seq}`;
    return report("UNCLEAN-END", evidence, message, "frame");
  }
  if (isBetween) {
    const message = `Closing a segment was cut short after entry ${head.seq}; nothing is lost`;
    return report("UNCLEAN-END", evidence, message, "segment");
  }
  if (isPruned) {
    const message = `Entries 0 to ${start.seq} were removed, as an entry says; ` +
      `entries ${start.seq + 1} to ${head.seq} are intact${anchorText(anchors)}`;
    return report("FRONT-PRUNED", evidence, message, null);
  }
  if (namesOf(anchors, "agrees") === "") {
    const message = intactMessage(head.seq) + anchorText(anchors);
    return report("OK-UNANCHORED", evidence, message, null);
  }
  return report("OK", evidence, `Entries 0 to ${head.seq} are intact${anchorText(anchors)}`, null);
}

/** What anchors add: those that agree, and, so that nobody takes silence for a yes, those that cannot say. */
function anchorText(anchors: readonly AnchorOutcome[]): string {
  const [agreeing, silent] = [namesOf(anchors, "agrees"), namesOf(anchors, "silent")];
  return (agreeing === "" ? "" : `; they continue what was known outside: ${agreeing}`) +
    (silent === "" ? "" : `; not compared, pruned or without its key: ${silent}`);
}

function namesOf(anchors: readonly AnchorOutcome[], wanted: AnchorOutcome["kind"]): string {
  return anchors.filter(({ kind }) => kind === wanted).map(({ name }) => name).join(", ");
}

function judgeAnchors(evidence: LogEvidence): LogReport | null {
  const { anchors, head } = evidence;
  const foreign = anchors.find(({ kind }) => kind === "foreign");
  if (foreign !== undefined) {
    const message = `This is not the log of the ${foreign.name}, which the same key has signed`;
    return report("FOREIGN-LOG", evidence, message, "anchor");
  }
  const other = anchors.find(({ kind }) => kind === "contradicts");
  if (other !== undefined) {
    const message = `This log verifies, but it is not the one of the ${other.name}: ` +
      "two histories were written under one key";
    return { ...report("FORK", evidence, message, "anchor"), seq: other.seq };
  }
  const beyond = anchors.find(({ kind }) => kind === "beyond");
  if (beyond === undefined) return null;
  const message =
    `The log ends at entry ${head.seq}, before the ${beyond.name}: it was cut or rolled back`;
  return report("ROLLBACK", evidence, message, "anchor");
}

function isDamaged(reading: MarkReading | undefined): boolean {
  return reading?.kind === "damaged";
}

function intactMessage(seq: number): string {
  return `Entries 0 to ${seq} are intact and complete as far as head and mark know; a copy that was ` +
    "rolled back together with both would look the same: compare with what was kept elsewhere " +
    "(--anchor, --checkpoint)";
}

function judgeFinding(evidence: LogEvidence, finding: LogFinding): LogReport {
  const { kind, seq, offset, seg } = finding;
  const { claimedLogId, logId } = evidence;
  const isOther = claimedLogId !== null && claimedLogId !== logId;
  if (isOther) return report("FOREIGN-LOG", evidence, "This is the log of another install", kind);
  const isUnknown = kind === "key" || isNothingOurs(evidence, finding);
  if (isUnknown && offset === 0 && !hasMark(evidence)) return wrongSecret(evidence);
  if (kind === "fingerprint") {
    const message = "The log begins with another entry than the one this install recorded";
    return report("FOREIGN-LOG", evidence, message, kind);
  }
  if (kind === "head") {
    const message = `Entry ${seq} is not the one that was recorded: the log was replaced`;
    return report("ROLLBACK", evidence, message, kind);
  }
  const where = evidence.segments > 1 ? `byte ${offset} of segment ${seg}` : `byte ${offset}`;
  const message = `Entry ${seq} at ${where} does not verify: ${kind}`;
  return report("TAMPERED", evidence, message, kind);
}

function hasMark({ heads, marks }: LogEvidence): boolean {
  return [...heads, ...marks].some((reading) => reading.kind === "mark");
}

/** A line that names a key at hand and is not its own (`mac`) was tampered with, whoever has what. */
function isNothingOurs(
  { heads, marks, structural }: LogEvidence,
  { kind }: LogFinding,
): boolean {
  if (structural.length > 0 || kind === "mac") return false;
  return [...heads, ...marks].every((reading) => reading.kind === "other_key");
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
function judgeEnd(evidence: LogEvidence, known: KnownHead): LogReport {
  const { head, fragmentBytes, seg } = evidence;
  const missing = `entries ${head.seq + 1} to ${known.seq}`;
  if (known.seg !== seg || head.sizeBytes + fragmentBytes < known.sizeBytes) {
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
  const { head, finding, start, clockBack } = evidence;
  const isAtEnd = finding === null && (kind === "frame" || verdict === "ROLLBACK");
  return {
    verdict,
    entries: head.seq - start.seq,
    first_seq: start.seq + 1,
    head_seq: head.seq,
    head_mac: head.mac,
    segments: evidence.segments,
    segment: finding?.seg ?? (isAtEnd ? evidence.seg : null),
    seq: finding?.seq ?? (isAtEnd ? head.seq + 1 : null),
    offset: finding?.offset ?? (isAtEnd ? head.sizeBytes : null),
    kind,
    anchors: evidence.anchors.filter((anchor) => anchor.kind === "agrees").length,
    unverifiable: evidence.unverifiable,
    clock_back: { count: clockBack.count, first_seq: clockBack.firstSeq },
    message,
  };
}
