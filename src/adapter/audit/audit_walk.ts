/**
 * Walks a segment on disk in windows: memory stays flat whatever its size.
 *
 * @module
 */
import type { Head } from "../../core/audit/entry.ts";
import { type LineHeader, parseHeader, toEntry } from "../../core/audit/line.ts";
import { scanLines } from "../../core/audit/scan_lines.ts";
import type { StructuralEntry } from "../../core/audit/structure.ts";
import { type Expectation, type Finding, verifyLines } from "../../core/audit/verifier.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import { maxEntryBytes, maxTornBytes } from "../../core/limits.ts";
import type { RegularFile } from "./audit_disk.ts";

/** Large enough to read in one go what a one-shot needs, small enough to pause between two. */
const windowBytes = 131_072;

const decoder = new TextDecoder("latin1");
const structuralGrammar = /^audit\.(?:ge|se|ke|pr|re)/;

/** A piece of one segment to walk, and what to hold it against. */
export interface Walk extends Expectation {
  readonly log: RegularFile;
  /** Where to begin; trusted. */
  readonly from: Head;
  /** Where to stop: the size while the lock was held, so that a later append is not seen half. */
  readonly sizeBytes: number;
  /** Sequence numbers whose MACs the end is to tell. */
  readonly wanted?: readonly number[];
}

/** How a walk ended. */
export interface WalkEnd {
  /** After the last verified line. */
  readonly head: Head;
  readonly finding: Finding | null;
  /** Bytes after the last whole line; 0 when there is a finding. */
  readonly fragmentBytes: number;
  /** Log id the first line of a segment names when its key is another; nobody has verified it. */
  readonly claimedLogId: string | null;
  /** Entries of the log's own among the walked ones. */
  readonly structural: readonly StructuralEntry[];
  readonly clockBack: ClockBack;
  /** MACs of the wanted entries that were met, by sequence number. */
  readonly macs: ReadonlyMap<number, string>;
}

/** Entries whose time is before that of the one before them. */
export interface ClockBack {
  readonly count: number;
  readonly firstSeq: number | null;
}

/** Verified lines of one window, as they are in the file. */
export interface Block {
  readonly headers: readonly LineHeader[];
  /** The lines' bytes with their LFs; a view, valid until the next block. */
  readonly bytes: Uint8Array;
}

/** Yields the verified lines of each window; ends at the first finding. */
export function* walkLog(walk: Walk): Generator<Block, WalkEnd> {
  const seen = new SeenLines(walk);
  let head = walk.from;
  while (head.sizeBytes < walk.sizeBytes) {
    const length = Math.min(windowBytes, walk.sizeBytes - head.sizeBytes);
    const window = walk.log.readAt(head.sizeBytes, length);
    const verified = verifyLines(window, head, walk);
    seen.add(verified.headers);
    const bytes = window.subarray(0, verified.head.sizeBytes - head.sizeBytes);
    if (verified.headers.length > 0) yield { headers: verified.headers, bytes };
    head = verified.head;
    if (verified.finding !== null) return endOf(walk, head, verified.finding, seen);
    // What is left has no LF: in the last window that is a fragment.
    if (head.sizeBytes + verified.restBytes >= walk.sizeBytes) break;
    if (verified.headers.length === 0) break;
  }
  return endOf(walk, head, null, seen);
}

/** Notes along the way what is of interest at the end. */
class SeenLines {
  readonly structural: StructuralEntry[] = [];
  readonly macs = new Map<number, string>();
  readonly #wanted: readonly number[];
  #offset: number;
  #at = "";
  #count = 0;
  #firstSeq: number | null = null;

  constructor({ from, wanted = [] }: Pick<Walk, "from" | "wanted">) {
    this.#offset = from.sizeBytes;
    this.#wanted = wanted;
  }

  add(headers: readonly LineHeader[]): void {
    for (const header of headers) {
      const { lineBytes } = header;
      if (structuralGrammar.test(header.type)) {
        this.structural.push({ entry: toEntry(header), offset: this.#offset, lineBytes });
      }
      if (this.#wanted.includes(header.seq)) this.macs.set(header.seq, header.mac);
      if (header.at < this.#at) {
        this.#count++;
        this.#firstSeq ??= header.seq;
      }
      this.#at = header.at;
      this.#offset += lineBytes;
    }
  }

  get clockBack(): ClockBack {
    return { count: this.#count, firstSeq: this.#firstSeq };
  }
}

/** Checks one line, at the start of a walk, and nothing behind it. */
export function checkLine(walk: Walk): WalkEnd & { readonly header: LineHeader | null } {
  const length = Math.min(maxEntryBytes, walk.sizeBytes - walk.from.sizeBytes);
  const window = walk.log.readAt(walk.from.sizeBytes, Math.max(0, length));
  const [line] = scanLines(window).lines;
  const first = line === undefined ? window : window.subarray(0, line.length + 1);
  const { head, finding, headers } = verifyLines(first, walk.from, walk);
  const seen = new SeenLines(walk);
  seen.add(headers);
  return { ...endOf(walk, head, finding, seen), header: headers[0] ?? null };
}

/**
 * Makes sure that the log still ends a line where `head` says, with its MAC: a file that was cut or
 * overwritten in place keeps its name and inode.
 *
 * @throws {TamperDetectedError} `audit_rollback` or `audit_tampered`.
 */
export function confirmEnd(log: RegularFile, head: Head): void {
  const end = `${head.mac}"}\n`;
  const found = decoder.decode(log.readAt(head.sizeBytes - end.length, end.length));
  if (found === end) return;
  const isCut = found.length < end.length;
  throw new TamperDetectedError(
    isCut ? "audit_rollback" : "audit_tampered",
    `The audit log ${isCut ? "ends before" : "was changed at"} entry ${head.seq}`,
    { hint: "keep the files as they are and run `sealward audit verify` for the whole finding" },
  );
}

/** The end of a walk that stopped behind `head`. */
export function endOf(
  walk: Walk,
  head: Head,
  finding: Finding | null,
  seen: Pick<WalkEnd, "structural" | "clockBack" | "macs">,
): WalkEnd {
  const { structural, clockBack, macs } = seen;
  const restBytes = Math.max(0, walk.sizeBytes - head.sizeBytes);
  const end = { head, structural, clockBack, macs };
  if (finding !== null && !isLostBlock(walk, finding, restBytes)) {
    const isUnknown = finding.offset === 0 && finding.kind === "key";
    const claimedLogId = isUnknown ? readClaim(walk.log) : null;
    return { ...end, finding, fragmentBytes: 0, claimedLogId };
  }
  return { ...end, finding: null, fragmentBytes: restBytes, claimedLogId: null };
}

/**
 * After a power cut a file may have its new size and zeros where the last write's data should be.
 * No line has a NUL. That nothing acknowledged is among it, heads and marks tell.
 */
function isLostBlock({ log }: Walk, { kind, offset }: Finding, restBytes: number): boolean {
  if ((kind !== "syntax" && kind !== "frame") || restBytes > maxTornBytes) return false;
  return log.readAt(offset, restBytes).includes(0);
}

/** The first line of a segment, whoever wrote it; null when it is no line. */
export function readFirstHeader(log: RegularFile): LineHeader | null {
  const [line] = scanLines(log.readAt(0, maxEntryBytes)).lines;
  return line === undefined ? null : parseHeader(line);
}

/** The last line before `sizeBytes`, whoever wrote it; null when no whole one ends there. */
export function readLastHeader(
  log: RegularFile,
  sizeBytes: number = log.openSizeBytes(),
): LineHeader | null {
  const length = Math.min(sizeBytes, maxEntryBytes + 1);
  const end = log.readAt(sizeBytes - length, length);
  if (end.at(-1) !== 0x0a) return null;
  return parseHeader(end.subarray(end.lastIndexOf(0x0a, -2) + 1, -1));
}

/** The log id a first line names; nobody has verified it. */
export function readClaim(log: RegularFile): string | null {
  const header = readFirstHeader(log);
  if (header === null) return null;
  try {
    const id = toEntry(header).details["log"];
    return typeof id === "string" ? id : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
