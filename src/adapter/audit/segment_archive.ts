/**
 * Copies closed segments to a folder elsewhere, each with a proof that needs no secret.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { encodeCheckpoint, encodeOrigin } from "../../core/audit/checkpoint.ts";
import { toEntry } from "../../core/audit/line.ts";
import { hashLeaf } from "../../core/audit/merkle/hash_leaf.ts";
import { treeBefore } from "../../core/audit/segment.ts";
import { encodeTlogProof } from "../../core/audit/tlog_proof.ts";
import { EngineError, oneLine, TamperDetectedError } from "../../core/errors.ts";
import { signNote } from "../../core/integrity/signed_note.ts";
import type { SignEd25519, StartHash } from "../../core/ports.ts";
import { RegularFile, syncFolder } from "./audit_disk.ts";
import { hashFile } from "./audit_hash.ts";
import { segmentPath } from "./audit_segments.ts";
import { readLastHeader } from "./audit_walk.ts";

const pieceBytes = 1_048_576;

/** Whose log, and the key that signs for it. */
export interface ArchiveSigner {
  /** 32 hex digits. */
  readonly logId: string;
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: SignEd25519;
}

export interface ArchiveTarget {
  /** An existing folder. */
  readonly folder: string;
  readonly signer: ArchiveSigner;
  readonly startHash: StartHash;
}

/** One segment to copy. */
export interface ArchiveSource {
  readonly sidePath: string;
  readonly seg: number;
  /** Of the whole file, hex, as the next segment names it. */
  readonly sha256: string;
}

/** Where a segment's copy and its proof go. */
export function archivePaths(folder: string, seg: number): readonly [string, string] {
  return [segmentPath(folder, seg), segmentPath(folder, seg).replace(/jsonl$/, "tlog-proof")];
}

/**
 * Copies one segment and writes its proof; what is there already must be the same.
 *
 * @returns False when nothing was left to write.
 * @throws {EngineError} `keeping_refused` when another file stands there; `audit_tampered` when the
 *   segment is not the file the next one names; `output_unwritable`.
 */
export function archiveSegment(source: ArchiveSource, target: ArchiveTarget): boolean {
  const [copyPath, proofPath] = archivePaths(target.folder, source.seg);
  using file = new RegularFile(segmentPath(source.sidePath, source.seg), "read");
  const proof = new TextEncoder().encode(proveSeal(file, source, target.signer));
  const isCopied = isSameCopy(copyPath, source, target);
  const isProven = isSameText(proofPath, proof);
  if (!isCopied) copyFile(file, copyPath, { source, target });
  if (!isProven) writeNew(proofPath, (write) => write(proof));
  if (!isCopied || !isProven) syncFolder(target.folder);
  return !isCopied || !isProven;
}

/** @throws {EngineError} As archiveSegment, for what it would refuse; nothing is written. */
export function confirmTarget(source: ArchiveSource, target: ArchiveTarget): void {
  const [copyPath, proofPath] = archivePaths(target.folder, source.seg);
  using file = new RegularFile(segmentPath(source.sidePath, source.seg), "read");
  isSameCopy(copyPath, source, target);
  isSameText(proofPath, new TextEncoder().encode(proveSeal(file, source, target.signer)));
}

/**
 * The proof that the seal is the last entry of the log's tree at its size: what the seal itself says
 * of the tree before it is the whole path. RFC 6962, section 2.1.1.
 */
function proveSeal(file: RegularFile, { seg }: ArchiveSource, signer: ArchiveSigner): string {
  const last = readLastHeader(file);
  const tree = last === null ? null : treeBefore(toEntry(last));
  if (last === null || tree === null) throw changed(seg);
  const line = file.readAt(file.sizeBytes() - last.lineBytes, last.lineBytes - 1);
  const hashes = tree.subtrees().map(({ hash }) => hash).toReversed();
  tree.append(hashLeaf(line));
  const origin = encodeOrigin(signer.logId);
  const text = encodeCheckpoint({ origin, size: tree.size, root: tree.root() });
  const note = signNote(text, { ...signer, name: origin });
  return encodeTlogProof({ extra: line, index: last.seq, hashes, note });
}

/** Copies and hashes in one pass, so that what is compared is what was written. */
function copyFile(
  file: RegularFile,
  path: string,
  { source, target }: { readonly source: ArchiveSource; readonly target: ArchiveTarget },
): void {
  const hash = target.startHash();
  const sizeBytes = file.sizeBytes();
  writeNew(path, (write) => {
    for (let at = 0; at < sizeBytes; at += pieceBytes) {
      const piece = file.readAt(at, Math.min(pieceBytes, sizeBytes - at));
      hash.update(piece);
      write(piece);
    }
    if (encodeHex(hash.digest()) !== source.sha256) throw changed(source.seg);
  });
  if (!isSameCopy(path, source, target)) throw unwritable(path, "it is gone again");
}

function isSameCopy(
  path: string,
  { sha256 }: ArchiveSource,
  { startHash }: ArchiveTarget,
): boolean {
  const file = openThere(path);
  if (file === null) return false;
  using _closing = file;
  if (encodeHex(hashFile(file, file.sizeBytes(), startHash)) === sha256) return true;
  throw otherThere(path);
}

function isSameText(path: string, wanted: Uint8Array): boolean {
  const file = openThere(path);
  if (file === null) return false;
  using _closing = file;
  const found = file.readAt(0, wanted.length + 1);
  if (found.length === wanted.length && found.every((byte, i) => byte === wanted[i])) return true;
  throw otherThere(path);
}

/** Null when the name is free. */
function openThere(path: string): RegularFile | null {
  try {
    return new RegularFile(path, "read");
  } catch (error) {
    if (error instanceof EngineError && error.code === "audit_missing") return null;
    throw otherThere(path);
  }
}

/** Under a name that was free; what fails half-way is taken away again. */
function writeNew(path: string, fill: (write: (bytes: Uint8Array) => void) => void): void {
  let isMade = false;
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    isMade = true;
    fill((bytes) => {
      for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    });
    file.syncSync();
  } catch (error) {
    if (isMade) Deno.removeSync(path);
    if (error instanceof EngineError) throw error;
    throw unwritable(path, error instanceof Error ? error.message : String(error));
  }
}

function otherThere(path: string): EngineError {
  return new EngineError("keeping_refused", `Another file stands at "${oneLine(path)}"`, {
    hint: "name an empty folder, or one with copies of this very log",
  });
}

function unwritable(path: string, why: string): EngineError {
  return new EngineError("output_unwritable", `Cannot write "${oneLine(path)}": ${oneLine(why)}`, {
    hint: "look for a full disk, or a folder of somebody else",
  });
}

function changed(seg: number): TamperDetectedError {
  const message = `Segment ${seg} is not the file that the next one names`;
  return new TamperDetectedError("audit_tampered", message, {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}
