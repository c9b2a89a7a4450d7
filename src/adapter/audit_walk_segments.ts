/**
 * Walks every segment of a log, oldest first, and gathers what a verdict is made of.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { emptyHead } from "../core/audit/chain.ts";
import type { Head } from "../core/audit/entry.ts";
import type { KnownHead, LogEvidence, LogFinding } from "../core/audit/log_report.ts";
import { isFrontRemoved, structuralTypes, textOf } from "../core/audit/segment.ts";
import { findJoinFault, findSegmentFault, type WalkedSegment } from "../core/audit/structure.ts";
import type { StartHash } from "../core/ports.ts";
import type { LogAtRest } from "./audit_at_rest.ts";
import type { RegularFile } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { type Block, readClaim, readFirstHeader, type WalkEnd, walkLog } from "./audit_walk.ts";
import {
  type Outcome,
  type Piece,
  type Progress,
  skipPiece,
  stop,
  unboundFault,
} from "./audit_unkeyed.ts";

/** What a walk may look at beside the lines. */
export interface WholeWalkOptions {
  /** Heads that must be in this log, e.g. the one a running engine remembers. */
  readonly memory?: readonly KnownHead[];
  /** For files whose keys are not here; without it they are not looked at. */
  readonly startHash?: StartHash;
  /** Sees every verified block, and the line a segment begins with. */
  readonly watch?: BlockWatch;
}

/** Looks at what is verified, for anchors and trees. */
export interface BlockWatch {
  readonly see: (block: Block, from: Head) => void;
}

/** Yields verified lines; returns what was found, for judgeLog. */
export function* walkSegments(
  rest: LogAtRest,
  options: AuditOptions,
  how: WholeWalkOptions,
): Generator<Block, LogEvidence> {
  const known = [...rest.known, ...how.memory ?? []];
  const context = { options, known, how };
  let progress: Progress = {
    previous: null,
    start: null,
    structural: [],
    unverifiable: [],
    clockBack: { count: 0, firstSeq: null },
    unboundSha256: null,
  };
  let last: Outcome = { progress, finding: null, end: null };
  const numbers: number[] = [];
  for (const piece of pieces(rest)) {
    using _closing = piece.isSealed ? piece.file : null;
    numbers.push(piece.seg);
    last = yield* walkPiece(piece, progress, context);
    progress = last.progress;
    if (last.finding !== null) break;
  }
  return evidenceOf(rest, { numbers, last, known, logId: options.logId });
}

/** Every file, oldest first, under the number it must have. */
function* pieces(rest: LogAtRest): Generator<Piece> {
  for (const seg of rest.sealed) {
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
  return Math.max(next, claimed);
}

interface WalkContext {
  readonly options: AuditOptions;
  readonly known: readonly KnownHead[];
  readonly how: WholeWalkOptions;
}

function* walkPiece(
  piece: Piece,
  progress: Progress,
  context: WalkContext,
): Generator<Block, Outcome> {
  const { ring, hmac } = context.options;
  const { seg, file, sizeBytes, isSealed } = piece;
  const first = readFirstHeader(file);
  const { previous } = progress;
  const isNext = previous !== null && previous.seg === seg - 1;
  const kid = first?.key.slice(0, 8) ?? previous?.kid ?? ring.kid;
  const claimed = first === null
    ? emptyHead
    : { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
  const from = isNext ? { ...previous.head, sizeBytes: 0 } : seg === 0 ? emptyHead : claimed;
  if (!isSealed && first !== null && first.key !== `${kid}.${seg}`) {
    // An older file in the place of the newest one.
    return stop(progress, { seg, seq: from.seq + 1, offset: 0, kind: "head" });
  }
  const keys = ring.find(kid, seg);
  if (keys === null && isSealed && first !== null && context.how.startHash !== undefined) {
    return skipPiece(piece, progress, { kid, from, isNext, start: context.how.startHash });
  }
  if (keys === null) {
    const finding = { seg, seq: from.seq + 1, offset: 0, kind: "key" } as const;
    return { ...stop(progress, finding), claimedLogId: readClaim(file) };
  }
  const walk = walkLog({ log: file, from, sizeBytes, keys, hmac, known: context.known });
  for (;;) {
    const step = walk.next();
    if (step.done) {
      const { head, structural } = step.value;
      const walked = { seg, isSealed, isVerified: true, kid, from, head, structural };
      return concludePiece(walked, step.value, { progress, context, file });
    }
    context.how.watch?.see(step.value, from);
    yield step.value;
  }
}

/** A verified walk ended: is everything in its place? */
function concludePiece(
  walked: WalkedSegment,
  end: WalkEnd,
  { progress, context, file }: {
    readonly progress: Progress;
    readonly context: WalkContext;
    readonly file: RegularFile;
  },
): Outcome {
  const { seg, from, head } = walked;
  const next: Progress = {
    previous: walked,
    start: progress.start ?? from,
    structural: [...progress.structural, ...end.structural],
    unverifiable: progress.unverifiable,
    clockBack: {
      count: progress.clockBack.count + end.clockBack.count,
      firstSeq: progress.clockBack.firstSeq ?? end.clockBack.firstSeq,
    },
    unboundSha256: null,
  };
  const finding = end.finding === null ? null : { ...end.finding, seg };
  const torn = walked.isSealed && end.fragmentBytes > 0
    ? { seg, seq: head.seq + 1, offset: head.sizeBytes, kind: "frame" as const }
    : null;
  const fault = finding ?? torn ?? findSegmentFault(walked, context.options.logId) ??
    findOriginFault(walked, context.options, file) ?? findBondFault(walked, progress, context);
  return { progress: next, finding: fault, end };
}

/** Whether the log begins with the genesis this install recorded. */
function findOriginFault(
  { seg, structural, from }: WalkedSegment,
  { fingerprint, sha256 }: AuditOptions,
  file: RegularFile,
): LogFinding | null {
  const first = structural[0];
  if (fingerprint === null || first === undefined) return null;
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

function evidenceOf(
  rest: LogAtRest,
  { numbers, last, known, logId }: {
    readonly numbers: readonly number[];
    readonly last: Outcome;
    readonly known: readonly KnownHead[];
    readonly logId: string;
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
    finding,
    fragmentBytes: end?.fragmentBytes ?? 0,
    claimedLogId: end?.claimedLogId ?? last.claimedLogId ?? null,
    logId,
    heads: rest.readings.heads,
    marks: rest.readings.marks,
    known,
    firstSeg,
    missing: between.filter((one) => !isThere.has(one)),
    isPruned: isFrontRemoved(firstSeg, progress.structural.map(({ entry }) => entry)),
    isBetween: newest?.type === structuralTypes.seal && newest.seq === head.seq,
    anchors: [],
    unverifiable: progress.unverifiable,
    clockBack: progress.clockBack,
  };
}
