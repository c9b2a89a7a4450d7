/**
 * The quick look at a closed segment: its first and last lines are verified, and the file as a whole
 * by its hash, which the next segment names. Who cannot make a MAC cannot make that name agree.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { ByteSearch } from "../core/audit/byte_search.ts";
import type { Head } from "../core/audit/entry.ts";
import { toEntry } from "../core/audit/line.ts";
import type { StructuralEntry } from "../core/audit/structure.ts";
import { structuralTypes } from "../core/audit/segment.ts";
import { verifyLines } from "../core/audit/verifier.ts";
import type { StartHash } from "../core/ports.ts";
import { hashFile } from "./audit_hash.ts";
import { concludePiece, type WalkContext } from "./audit_pieces.ts";
import type { Outcome, Piece, Progress } from "./audit_unkeyed.ts";
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
  const { prunes, sha256 } = hashAndSearch(plan.walk, startHash);
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

/** One pass: the hash, and entries about removed segments, each verified by itself. */
function hashAndSearch(
  walk: Walk,
  startHash: StartHash,
): { readonly sha256: string; readonly prunes: readonly StructuralEntry[] } {
  const hash = startHash();
  const search = new ByteSearch(needle);
  const update = (piece: Uint8Array) => {
    hash.update(piece);
    search.feed(piece);
  };
  hashFile(walk.log, walk.sizeBytes, () => ({ update, digest: () => new Uint8Array() }));
  const prunes = search.found.map((at) => readPrune(walk, at)).filter((one) => one !== null);
  return { sha256: encodeHex(hash.digest()), prunes };
}

/** The line around a place, when it is a verified entry about removed segments. */
function readPrune(walk: Walk, at: number): StructuralEntry | null {
  const near = walk.log.readAt(at, 16_384);
  const end = near.indexOf(0x0a);
  const header = end < 0 ? null : readLastHeader(walk.log, at + end + 1);
  if (header?.type !== structuralTypes.prune) return null;
  return checkBackwards(walk, header.seq, at + end + 1);
}
