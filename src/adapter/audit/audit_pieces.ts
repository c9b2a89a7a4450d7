/**
 * The segments of a log, one after the other: how each is to be walked, and what a walk adds.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { emptyHead } from "../../core/audit/chain.ts";
import type { KnownHead, LogEvidence, LogFinding } from "../../core/audit/log_report.ts";
import { isFrontRemoved, structuralTypes, textOf } from "../../core/audit/segment.ts";
import {
  findJoinFault,
  findSegmentFault,
  type StructuralEntry,
  type WalkedSegment,
} from "../../core/audit/structure.ts";
import { maxSegments } from "../../core/limits.ts";
import type { StartHash } from "../../core/ports.ts";
import type { LogAtRest } from "./audit_at_rest.ts";
import type { RegularFile } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import {
  type Outcome,
  type Piece,
  type Progress,
  skipPiece,
  stop,
  unboundFault,
} from "./audit_unkeyed.ts";
import { readClaim, readFirstHeader, type Walk, type WalkEnd } from "./audit_walk.ts";

/** What a walk over a whole log is held against, and what it is to tell. */
export interface WholeWalkOptions {
  /** Heads that must be in this log, e.g. the one a running engine remembers. */
  readonly memory?: readonly KnownHead[];
  /** For files whose keys are not here; without it they are not looked at. */
  readonly startHash?: StartHash;
  /** Sequence numbers whose MACs are to be told. */
  readonly wanted?: readonly number[];
  /** Told of every segment nothing was found against: structural entries so far. */
  readonly onConcluded?: (structural: readonly StructuralEntry[]) => void;
  /** A verified head to go on from; older segments are not looked at. */
  readonly resume?: KnownHead;
  /** Whether a closed segment is looked at by checkSeal only. Needs `startHash`. */
  readonly isSealEnough?: (seg: number) => boolean;
}

/** The same for every segment of one walk. */
export interface WalkContext {
  readonly options: Pick<AuditOptions, "ring" | "hmac" | "sha256" | "logId" | "fingerprint">;
  readonly known: readonly KnownHead[];
  readonly how: WholeWalkOptions;
}

/** Before the first segment. */
export const noProgress: Progress = {
  previous: null,
  start: null,
  structural: [],
  unverifiable: [],
  clockBack: { count: 0, firstSeq: null },
  macs: new Map(),
  unboundSha256: null,
};

/** A segment's walk, or what comes of it without one. */
export type PlannedPiece =
  | { readonly walk: Walk; readonly kid: string }
  | { readonly outcome: Outcome };

/** Every file, oldest first, under the number it must have. */
export function* pieces(rest: LogAtRest, firstSeg = 0): Generator<Piece> {
  for (const seg of rest.sealed) {
    if (seg < firstSeg) continue;
    const file = rest.open(seg);
    yield { seg, file, sizeBytes: file.sizeBytes(), isSealed: true };
  }
  if (rest.active === null) return;
  const seg = numberOfActive(rest.active, rest.sealed);
  yield { seg, file: rest.active, sizeBytes: rest.sizeBytes, isSealed: false };
}

/** What its first line claims, but never a number that a closed segment has. */
function numberOfActive(file: RegularFile, sealed: readonly number[]): number {
  const next = (sealed.at(-1) ?? -1) + 1;
  const claimed = Number(readFirstHeader(file)?.key.slice(9) ?? next);
  // SECURITY: nobody has verified it, and all numbers below it would be looked for.
  return claimed < maxSegments ? Math.max(next, claimed) : next;
}

/**
 * How a segment is to be walked.
 *
 * @param isAlone Begin where its first line says, for walks side by side; concludePiece then finds
 *   what does not fit together.
 */
export function planPiece(
  piece: Piece,
  progress: Progress,
  { options, known, how }: WalkContext,
  isAlone = false,
): PlannedPiece {
  const { ring, hmac } = options;
  const { seg, file, sizeBytes, isSealed } = piece;
  const first = readFirstHeader(file);
  const { previous } = progress;
  const isNext = !isAlone && previous !== null && previous.seg === seg - 1;
  const resumed = how.resume?.seg === seg ? how.resume : null;
  const kid = first?.key.slice(0, 8) ?? previous?.kid ?? ring.kid;
  const claimed = first === null
    ? emptyHead
    : { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
  // Where the end of the one before is nobody's word, the first line's counts, if it verifies.
  const follows = isNext && (previous.isVerified || first === null);
  const begin = follows ? { ...previous.head, sizeBytes: 0 } : seg === 0 ? emptyHead : claimed;
  const from = resumed ?? begin;
  const at = { seg, seq: from.seq + 1, offset: 0 };
  if (!isSealed && first !== null && Number(first.key.slice(9)) < seg) {
    // An older file in the place of the newest one.
    return { outcome: stop(progress, { ...at, kind: "head" }) };
  }
  const keys = ring.find(kid, seg);
  if (keys !== null) {
    const { wanted = [] } = how;
    return { kid, walk: { log: file, from, sizeBytes, keys, hmac, known, wanted } };
  }
  if (isSealed && first !== null && how.startHash !== undefined) {
    return { outcome: skipPiece(piece, progress, { kid, from, start: how.startHash }) };
  }
  const outcome = stop(progress, { ...at, kind: "key" });
  return { outcome: { ...outcome, claimedLogId: readClaim(file) } };
}

/** A verified walk ended: is everything in its place? */
export function concludePiece(
  { piece, plan, end }: {
    readonly piece: Pick<Piece, "seg" | "isSealed" | "file">;
    readonly plan: { readonly walk: Pick<Walk, "from">; readonly kid: string };
    readonly end: WalkEnd;
  },
  progress: Progress,
  context: WalkContext,
): Outcome {
  const { seg, isSealed, file } = piece;
  const { head, structural } = end;
  const { walk: { from }, kid } = plan;
  const walked: WalkedSegment = { seg, isSealed, isVerified: true, kid, from, head, structural };
  const seam = findSeam(walked, progress);
  if (seam !== null) return stop(progress, seam);
  const next: Progress = {
    previous: walked,
    start: progress.start ?? from,
    structural: [...progress.structural, ...structural],
    unverifiable: progress.unverifiable,
    clockBack: {
      count: progress.clockBack.count + end.clockBack.count,
      firstSeq: progress.clockBack.firstSeq ?? end.clockBack.firstSeq,
    },
    macs: new Map([...progress.macs, ...end.macs]),
    unboundSha256: null,
  };
  const own = end.finding === null ? null : { ...end.finding, seg };
  const torn = isSealed && end.fragmentBytes > 0
    ? { seg, seq: head.seq + 1, offset: head.sizeBytes, kind: "frame" as const }
    : null;
  const finding = own ?? torn ??
    findSegmentFault(walked, context.options.logId) ??
    findOriginFault(walked, context.options, file) ?? findBondFault(walked, progress, context);
  return { progress: next, finding, end };
}

/** Of walks side by side: where this one began must be where the one before ended. */
function findSeam({ seg, from }: WalkedSegment, { previous }: Progress): LogFinding | null {
  if (previous === null || previous.seg !== seg - 1 || !previous.isVerified) return null;
  const { head } = previous;
  const at = { seg, seq: head.seq + 1, offset: 0 };
  if (from.seq !== head.seq) return { ...at, kind: "sequence" };
  return from.mac === head.mac ? null : { ...at, kind: "prev" };
}

/** Whether the log begins with the genesis this install recorded. */
function findOriginFault(
  { seg, structural, from }: WalkedSegment,
  { fingerprint, sha256 }: WalkContext["options"],
  file: RegularFile,
): LogFinding | null {
  const first = structural[0];
  if (fingerprint === null || first === undefined || from.sizeBytes > 0) return null;
  const found = seg === 0
    ? encodeHex(sha256(file.readAt(0, first.lineBytes - 1)))
    : textOf(first.entry.details, "genesis");
  return found === fingerprint ? null : { seg, seq: from.seq + 1, offset: 0, kind: "fingerprint" };
}

/** Whether a segment continues the one before it. */
function findBondFault(
  walked: WalkedSegment,
  { previous, unboundSha256 }: Progress,
  { options: { ring } }: WalkContext,
): LogFinding | null {
  if (previous === null || previous.seg !== walked.seg - 1) return null;
  const { seg, from, kid, structural } = walked;
  const named = textOf(structural[0]?.entry.details ?? {}, "prev_seg_sha256");
  if (unboundSha256 !== null && named !== unboundSha256) return unboundFault(previous);
  const fault = findJoinFault(previous, walked);
  if (fault !== null) return fault;
  if (kid !== previous.kid) {
    const promised = textOf(structural[1]?.entry.details ?? {}, "commitment");
    if (promised !== ring.commit(kid, seg)) {
      return { seg, seq: from.seq + 1, offset: 0, kind: "key" };
    }
  }
  return null;
}

/** A last file whose lines nobody can verify: no later one names its hash. */
function findUnnamed({ previous, unboundSha256 }: Progress): LogFinding | null {
  if (previous === null || previous.isVerified || unboundSha256 === null) return null;
  return { seg: previous.seg, seq: previous.from.seq + 1, offset: 0, kind: "key" };
}

export function evidenceOf(
  rest: LogAtRest,
  { numbers, last, known, logId, isResumed = false }: {
    readonly numbers: readonly number[];
    readonly last: Outcome;
    readonly known: readonly KnownHead[];
    readonly logId: string;
    /** What lies before was verified earlier. */
    readonly isResumed?: boolean;
  },
): LogEvidence {
  const { progress, finding, end } = last;
  const seg = numbers.at(-1) ?? 0;
  const firstSeg = numbers[0] ?? 0;
  const isThere = new Set(numbers);
  const between = Array.from({ length: seg - firstSeg }, (_, i) => firstSeg + i);
  const head = end?.head ?? progress.previous?.head ?? emptyHead;
  const newest = progress.previous?.structural.at(-1)?.entry;
  return {
    seg,
    segments: numbers.length,
    start: progress.start ?? emptyHead,
    head,
    finding: finding ?? findUnnamed(progress),
    fragmentBytes: end?.fragmentBytes ?? 0,
    claimedLogId: end?.claimedLogId ?? last.claimedLogId ?? null,
    logId,
    heads: rest.readings.heads,
    marks: rest.readings.marks,
    known,
    firstSeg,
    missing: between.filter((one) => !isThere.has(one)),
    isPruned: isResumed || isFrontRemoved(firstSeg, progress.structural.map(({ entry }) => entry)),
    isBetween: newest?.type === structuralTypes.seal && newest.seq === head.seq,
    anchors: [],
    unverifiable: progress.unverifiable,
    clockBack: progress.clockBack,
    macs: progress.macs,
    structural: progress.structural.map(({ entry }) => entry),
  };
}
