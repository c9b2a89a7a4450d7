/**
 * The quick look at a closed segment: its first and last lines are verified, what is before its seal
 * by the hash the seal carries, and the whole file by the hash the next segment names. Who cannot
 * make a MAC cannot make these agree; who has the next segment's secret, not the seal's.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { ByteSearch } from "../../core/audit/byte_search.ts";
import type { Head } from "../../core/audit/entry.ts";
import { toEntry } from "../../core/audit/line.ts";
import type { StructuralEntry } from "../../core/audit/structure.ts";
import { structuralTypes, textOf } from "../../core/audit/segment.ts";
import { verifyLines } from "../../core/audit/verifier.ts";
import type { StartHash } from "../../core/ports.ts";
import { hashFile } from "./audit_hash.ts";
import { concludePiece, type WalkContext } from "./audit_pieces.ts";
import { type Outcome, type Piece, type Progress, stop } from "./audit_unkeyed.ts";
import { checkLine, endOf, readLastHeader, type Walk, type WalkEnd } from "./audit_walk.ts";

/** What the look at one segment needs. */
export interface SealCheck {
  readonly piece: Piece;
  readonly plan: { readonly walk: Walk; readonly kid: string };
  readonly startHash: StartHash;
}

/** As concludePiece, for a segment nobody walked. */
export function checkSeal(
  { piece, plan, startHash }: SealCheck,
  progress: Progress,
  context: WalkContext,
): Outcome {
  const end = readEdges(plan.walk);
  const outcome = concludePiece({ piece, plan, end }, progress, context);
  if (outcome.finding !== null) return outcome;
  const seal = end.structural.at(-1);
  const { prunes, sha256, sealedSha256 } = hashAndSearch(plan.walk, startHash, seal?.offset ?? 0);
  // SECURITY: the next segment's word alone would let who took its secret edit this one.
  if (textOf(seal?.entry.details ?? {}, "sha256") !== sealedSha256) {
    return stop(progress, {
      seg: piece.seg,
      seq: plan.walk.from.seq + 1,
      offset: 0,
      kind: "seal",
    });
  }
  const structural = [...outcome.progress.structural, ...prunes];
  // The next segment's first entry must name this file.
  return { ...outcome, progress: { ...outcome.progress, structural, unboundSha256: sha256 } };
}

/** First and last lines, verified; what lies between is the hash's. */
function readEdges(walk: Walk): WalkEnd {
  const { log, sizeBytes } = walk;
  const edge = { structural: [], clockBack: { count: 0, firstSeq: null }, macs: new Map() };
  const first = checkLine(walk);
  if (first.finding !== null || first.header === null) return first;
  const second = checkLine({ ...walk, from: first.head });
  const last = readLastHeader(log, sizeBytes);
  if (last === null) {
    const { seq, sizeBytes: offset } = first.head;
    return endOf(walk, first.head, { seq: seq + 1, offset, kind: "frame" }, edge);
  }
  const seal = checkBackwards(walk, last.seq, sizeBytes);
  if (seal === null) {
    const offset = sizeBytes - last.lineBytes;
    return endOf(walk, first.head, { seq: last.seq, offset, kind: "mac" }, edge);
  }
  const before = readLastHeader(log, seal.offset);
  const announced = before?.type === structuralTypes.keyRotate
    ? checkBackwards(walk, before.seq, seal.offset)
    : null;
  const begun = second.finding === null ? second.structural : [];
  const all = [...first.structural, ...begun, announced, seal].filter((one) => one !== null);
  // A segment of two or three lines meets itself.
  const structural = all.filter((one, i) =>
    all.findIndex(({ offset }) => offset === one.offset) === i
  );
  const head = { seq: seal.entry.seq, mac: seal.entry.mac, sizeBytes };
  return { ...first, head, structural, fragmentBytes: 0 };
}

/** The line that ends at `endBytes`, verified by itself; null when it does not. */
function checkBackwards(walk: Walk, seq: number, endBytes: number): StructuralEntry | null {
  const header = readLastHeader(walk.log, endBytes);
  if (header?.seq !== seq) return null;
  const offset = endBytes - header.lineBytes;
  const from: Head = { seq: seq - 1, mac: header.prev, sizeBytes: offset };
  const line = walk.log.readAt(offset, header.lineBytes);
  const { headers: [verified] } = verifyLines(line, from, walk);
  if (verified === undefined) return null;
  return { entry: toEntry(verified), offset, lineBytes: verified.lineBytes };
}

const needle = `"type":"${structuralTypes.prune}"`;

interface Hashed {
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** Of what is before the seal, hex. */
  readonly sealedSha256: string;
  readonly prunes: readonly StructuralEntry[];
}

/** One pass: the hashes, and entries about removed segments, each verified by itself. */
function hashAndSearch(walk: Walk, startHash: StartHash, sealOffset: number): Hashed {
  const hash = startHash();
  const search = new ByteSearch(needle);
  let sealedSha256 = "";
  let offset = 0;
  const update = (piece: Uint8Array) => {
    const sealAt = sealOffset - offset;
    const isSealHere = sealAt >= 0 && sealAt < piece.length;
    hash.update(isSealHere ? piece.subarray(0, sealAt) : piece);
    if (isSealHere) {
      sealedSha256 = encodeHex(hash.digestSoFar());
      hash.update(piece.subarray(sealAt));
    }
    search.feed(piece);
    offset += piece.length;
  };
  const digest = () => new Uint8Array();
  hashFile(walk.log, walk.sizeBytes, () => ({ update, digest, digestSoFar: digest }));
  const prunes = search.found.map((at) => readPrune(walk, at)).filter((one) => one !== null);
  return { sha256: encodeHex(hash.digest()), sealedSha256, prunes };
}

/** The line around a place, when it is a verified entry about removed segments. */
function readPrune(walk: Walk, at: number): StructuralEntry | null {
  const near = walk.log.readAt(at, 16_384);
  const end = near.indexOf(0x0a);
  const header = end < 0 ? null : readLastHeader(walk.log, at + end + 1);
  if (header?.type !== structuralTypes.prune) return null;
  return checkBackwards(walk, header.seq, at + end + 1);
}
