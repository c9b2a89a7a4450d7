/**
 * Verifies one closed segment by itself: no install, no state, nothing but the file and the root
 * secret. The log's id stands in the first line, and only its keys make that line verify.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { KeyRing } from "../../core/audit/key_ring.ts";
import { structuralTypes, textOf } from "../../core/audit/segment.ts";
import type {
  KeyStep,
  SegmentFault,
  SegmentFound,
  SegmentResult,
  SegmentVerdict,
} from "../../core/audit/segment_result.ts";
import type { StructuralEntry, WalkedSegment } from "../../core/audit/structure.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { HmacSha256, Sha256, StartHash } from "../../core/ports.ts";
import { RegularFile } from "./audit_disk.ts";
import { concludePiece, noProgress, planPiece, type WalkContext } from "./audit_pieces.ts";
import type { Piece } from "./audit_unkeyed.ts";
import { readClaim, readFirstHeader, type Walk, type WalkEnd } from "./audit_walk.ts";
import { takeBatch, walkBatch } from "./audit_walk_batch.ts";

/** What one look at a file needs. */
export interface SegmentCheck {
  /** Root secrets: the one in use and those before it, in any order. At least one. */
  readonly secrets: readonly [Uint8Array, ...Uint8Array[]];
  readonly hmac: HmacSha256;
  readonly sha256: Sha256;
  readonly startHash: StartHash;
  /** Told of every window that was verified. */
  readonly onVerified?: (bytes: number, entries: number) => void;
}

/** How every line begins. */
const lineBeginning = '{"v":1,"seq":';
const logIdGrammar = /^[0-9a-f]{32}$/;
const decoder = new TextDecoder("latin1");
/** How long it keeps the thread before a terminal or a signal gets a turn. */
const sliceMs = 50;

/**
 * Verifies the file at `path`, every line of it. Never throws for what it finds in it.
 *
 * @throws {EngineError} `audit_unreadable`: nothing there, or no regular file with one name.
 */
export async function verifySegmentFile(
  path: string,
  check: SegmentCheck,
): Promise<SegmentResult> {
  using file = openSegment(path);
  const sizeBytes = file.sizeBytes();
  const refuse = (fault: SegmentFault) => resultOf(path, "TAMPERED", null, fault);
  const first = readFirstHeader(file);
  if (first === null) return refuseUnread(path, file);
  const at = { seq: first.seq, offset: 0 };
  const logId = readClaim(file);
  // Without an id there are no keys, and a file of this log has one.
  if (logId === null || !logIdGrammar.test(logId)) return refuse({ ...at, kind: "structure" });
  const ring = KeyRing.ofRoots(check.secrets, logId, check.hmac);
  const piece = { seg: Number(first.key.slice(9)), file, sizeBytes, isSealed: true };
  const { hmac, sha256 } = check;
  const options = { ring, hmac, sha256, logId, fingerprint: null };
  const context: WalkContext = { options, known: [], how: {} };
  const plan = planPiece(piece, noProgress, context, true);
  if ("outcome" in plan) return resultOf(path, "UNVERIFIABLE", null, { ...at, kind: "key" });
  const walked = await walkAndHash(plan.walk, check);
  const concluded = concludePiece({ piece, plan, end: walked.end }, noProgress, context);
  const fault = concluded.finding ?? findFalseStart(walked.end.structural, ring, piece);
  const { previous } = concluded.progress;
  if (fault !== null || previous === null) return refuse(fault ?? { ...at, kind: "frame" });
  return resultOf(path, "OK-UNANCHORED", foundIn(previous, logId, walked), null);
}

/** Only what a human named: that it is not there says nothing of any log. */
function openSegment(path: string): RegularFile {
  try {
    return new RegularFile(path, "read");
  } catch (error) {
    if (!(error instanceof TamperDetectedError)) throw error;
    throw new EngineError("audit_unreadable", error.message, {
      hint: "name regular files: links and pipes are refused",
      cause: error,
    });
  }
}

/** A first line that is none: of a segment somebody damaged, or of a file that never was one. */
function refuseUnread(path: string, file: RegularFile): SegmentResult {
  const begin = decoder.decode(file.readAt(0, lineBeginning.length));
  const fault = { seq: 0, offset: 0, kind: "syntax" };
  return resultOf(path, begin === lineBeginning ? "TAMPERED" : "NO-SEGMENT", null, fault);
}

/** A walk and the hashes of exactly the bytes it verified. */
interface Walked {
  readonly end: WalkEnd;
  /** Of all verified bytes, hex. */
  readonly sha256: string;
  /** Of the first line, hex. */
  readonly firstSha256: string;
}

/** What is hashed is what was verified, byte for byte: nobody can change the file in between. */
async function walkAndHash(
  walk: Walk,
  { startHash, sha256, onVerified }: SegmentCheck,
): Promise<Walked> {
  using taken = takeBatch();
  const hash = startHash();
  const steps = walkBatch(walk, taken.batch);
  let firstSha256 = "";
  let pausedAt = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return { end: step.value, sha256: encodeHex(hash.digest()), firstSha256 };
    if (firstSha256 === "") firstSha256 = encodeHex(sha256(step.value.line(0)));
    hash.update(step.value.bytes);
    onVerified?.(step.value.bytes.length, step.value.count);
    if (performance.now() - pausedAt < sliceMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    pausedAt = performance.now();
  }
}

/** A new root secret answers with what the old one promised: only who has it can. */
function findFalseStart(
  [first, second]: readonly StructuralEntry[],
  ring: KeyRing,
  { seg }: Piece,
): SegmentFault | null {
  if (second?.entry.type !== structuralTypes.keyBegin) return null;
  const { details, seq, key } = second.entry;
  if (textOf(details, "commitment") === ring.commit(key.slice(0, 8), seg)) return null;
  return { seq, offset: first?.lineBytes ?? 0, kind: "key" };
}

function foundIn(segment: WalkedSegment, logId: string, walked: Walked): SegmentFound {
  const { seg, kid, from, head, structural } = segment;
  const [first, second] = structural;
  const details = first?.entry.details ?? {};
  return {
    seg,
    log_id: logId,
    fingerprint: seg === 0 ? walked.firstSha256 : textOf(details, "genesis") ?? "",
    kid,
    first_seq: from.seq + 1,
    prev: from.mac,
    head_seq: head.seq,
    head_mac: head.mac,
    entries: head.seq - from.seq,
    bytes: head.sizeBytes,
    sha256: walked.sha256,
    prev_seg_sha256: textOf(details, "prev_seg_sha256"),
    key_rotate: stepOf(lastBefore(structural)),
    key_begin: second?.entry.type === structuralTypes.keyBegin ? stepOf(second) : null,
  };
}

/** The entry about a new secret right before the seal; anywhere else it promises nothing. */
function lastBefore(structural: readonly StructuralEntry[]): StructuralEntry | null {
  const [announced, seal] = structural.slice(-2);
  if (announced?.entry.type !== structuralTypes.keyRotate || seal === undefined) return null;
  return announced.offset + announced.lineBytes === seal.offset ? announced : null;
}

function stepOf(at: StructuralEntry | null): KeyStep | null {
  if (at === null) return null;
  const { details } = at.entry;
  const [from, to, commitment] = ["from", "to", "commitment"].map((name) => textOf(details, name));
  return { from: from ?? "", to: to ?? "", commitment: commitment ?? "" };
}

function resultOf(
  path: string,
  verdict: SegmentVerdict,
  found: SegmentFound | null,
  fault: SegmentFault | null,
): SegmentResult {
  const plain = fault && { seq: fault.seq, offset: fault.offset, kind: fault.kind };
  const message = messageOf(found, plain, verdict);
  return { file: path, verdict, found, fault: plain, message };
}

function messageOf(
  found: SegmentFound | null,
  fault: SegmentFault | null,
  verdict: SegmentVerdict,
): string {
  if (found !== null) {
    return `Segment ${found.seg}, entries ${found.first_seq} to ${found.head_seq}, is intact`;
  }
  if (verdict === "NO-SEGMENT") return "This does not begin as a segment of a log does";
  if (verdict === "UNVERIFIABLE") {
    return "It was written under another secret: nothing can be said about it";
  }
  const { seq = 0, offset = 0, kind = "" } = fault ?? {};
  if (kind === "seal") {
    return `It ends at byte ${offset} without its seal: cut, or the file that is still written to`;
  }
  return `Entry ${seq} at byte ${offset} does not verify: ${kind}`;
}
