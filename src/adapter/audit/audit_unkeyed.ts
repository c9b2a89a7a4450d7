/**
 * Closed segments whose key is not here, and what a walk over segments knows along the way.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Head } from "../../core/audit/entry.ts";
import type { LogFinding, SeqRange } from "../../core/audit/log_report.ts";
import type { StructuralEntry, WalkedSegment } from "../../core/audit/structure.ts";
import type { StartHash } from "../../core/ports.ts";
import type { RegularFile } from "./audit_disk.ts";
import { hashFile } from "./audit_hash.ts";
import { readUnkeyedStructure } from "./find_prunes.ts";
import { type ClockBack, readFirstHeader, readLastHeader, type WalkEnd } from "./audit_walk.ts";

/** What is known of the segments walked so far. */
export interface Progress {
  readonly previous: WalkedSegment | null;
  readonly start: Head | null;
  readonly structural: readonly StructuralEntry[];
  readonly unverifiable: readonly SeqRange[];
  readonly clockBack: ClockBack;
  readonly macs: ReadonlyMap<number, string>;
  /** SHA-256 of the segment before, hex, where its lines could not be verified. */
  readonly unboundSha256: string | null;
}

/** A segment to walk. */
export interface Piece {
  readonly seg: number;
  readonly file: RegularFile;
  readonly sizeBytes: number;
  readonly isSealed: boolean;
}

/** What one segment added, and what is wrong with it. */
export interface Outcome {
  readonly progress: Progress;
  readonly finding: LogFinding | null;
  readonly end: WalkEnd | null;
  /** Log id a first line under an unknown key names; nobody has verified it. */
  readonly claimedLogId?: string | null;
}

/** Ends the walk with a finding. */
export function stop(progress: Progress, finding: LogFinding): Outcome {
  return { progress, finding, end: null };
}

/** A file whose lines nobody can verify, and that is not the one the next segment names. */
export function unboundFault({ seg, from }: WalkedSegment): LogFinding {
  return { seg, seq: from.seq + 1, offset: 0, kind: "seal" };
}

/**
 * A closed segment whose key is not here. Its lines prove nothing, but the next segment names the
 * file's hash: changed bytes are found all the same.
 */
export function skipPiece(
  { seg, file }: Piece,
  progress: Progress,
  { kid, from, start }: {
    readonly kid: string;
    readonly from: Head;
    readonly start: StartHash;
  },
): Outcome {
  const last = readLastHeader(file);
  const first = readFirstHeader(file);
  const { previous, unboundSha256 } = progress;
  const before = previous?.seg === seg - 1 ? previous.head : { seq: from.seq, mac: from.mac };
  const here = { seg, seq: before.seq + 1, offset: 0 };
  if (last === null || first === null || last.seq < first.seq) {
    return stop(progress, { ...here, kind: "sequence" });
  }
  const named = /"prev_seg_sha256":"([0-9a-f]{64})"/.exec(first.detailsText)?.[1] ?? null;
  // Before all else: a file of another hash is to blame, not the one that names it.
  if (previous?.seg === seg - 1 && unboundSha256 !== null && named !== unboundSha256) {
    return stop(progress, unboundFault(previous));
  }
  if (first.seq !== before.seq + 1) return stop(progress, { ...here, kind: "sequence" });
  if (first.prev !== before.mac) return stop(progress, { ...here, kind: "prev" });
  const head = { seq: last.seq, mac: last.mac, sizeBytes: file.sizeBytes() };
  const range = { from: first.seq, to: last.seq };
  return {
    finding: null,
    end: null,
    progress: {
      ...progress,
      // Its own entries are nobody's word: what stands in them is not looked at.
      previous: { seg, isSealed: true, isVerified: false, kid, from, head, structural: [] },
      start: progress.start ?? from,
      // Only to know which older segments were removed, and only if the file is the one named later.
      structural: [...progress.structural, ...readUnkeyedStructure(file)],
      unverifiable: joinRanges(progress.unverifiable, range),
      unboundSha256: encodeHex(hashFile(file, head.sizeBytes, start)),
    },
  };
}

function joinRanges(ranges: readonly SeqRange[], next: SeqRange): readonly SeqRange[] {
  const last = ranges.at(-1);
  if (last?.to !== next.from - 1) return [...ranges, next];
  return [...ranges.slice(0, -1), { from: last.from, to: next.to }];
}
