/**
 * Walks a log on disk in windows: memory stays flat whatever its size.
 *
 * @module
 */
import type { Head } from "../core/audit/entry.ts";
import { type LineHeader, parseHeader, toEntry } from "../core/audit/line.ts";
import type { LogEvidence } from "../core/audit/log_report.ts";
import { scanLines } from "../core/audit/scan_lines.ts";
import { type Expectation, type Finding, verifyLines } from "../core/audit/verifier.ts";
import { TamperDetectedError } from "../core/errors.ts";
import { maxEntryBytes } from "../core/limits.ts";
import type { RegularFile } from "./audit_disk.ts";

/** Large enough to read in one go what a one-shot needs, small enough to pause between two. */
const windowBytes = 131_072;

const decoder = new TextDecoder("latin1");

/** A piece of the log to walk, and what to hold it against. */
export interface Walk extends Expectation {
  readonly log: RegularFile;
  /** Where to begin; trusted. */
  readonly from: Head;
  /** Where to stop: the size while the lock was held, so that a later append is not seen half. */
  readonly sizeBytes: number;
}

/** How a walk ended. */
export type WalkEnd = Pick<LogEvidence, "head" | "finding" | "fragmentBytes" | "claimedLogId">;

/** Yields the verified headers of each window; ends at the first finding. */
export function* walkLog(walk: Walk): Generator<readonly LineHeader[], WalkEnd> {
  let head = walk.from;
  while (head.sizeBytes < walk.sizeBytes) {
    const length = Math.min(windowBytes, walk.sizeBytes - head.sizeBytes);
    const verified = verifyLines(walk.log.readAt(head.sizeBytes, length), head, walk);
    if (verified.headers.length > 0) yield verified.headers;
    head = verified.head;
    if (verified.finding !== null) return endOf(walk, head, verified.finding);
    // What is left has no LF: in the last window that is a fragment.
    if (head.sizeBytes + verified.restBytes >= walk.sizeBytes) break;
    if (verified.headers.length === 0) break;
  }
  return endOf(walk, head, null);
}

/** Checks one line, at the start of a walk, and nothing behind it. */
export function checkLine(walk: Walk): WalkEnd & { readonly header: LineHeader | null } {
  const length = Math.min(maxEntryBytes, walk.sizeBytes - walk.from.sizeBytes);
  const window = walk.log.readAt(walk.from.sizeBytes, Math.max(0, length));
  const [line] = scanLines(window).lines;
  const first = line === undefined ? window : window.subarray(0, line.length + 1);
  const { head, finding, headers } = verifyLines(first, walk.from, walk);
  return { ...endOf(walk, head, finding), header: headers[0] ?? null };
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
    { hint: "keep the files as they are and run the log verification for the whole finding" },
  );
}

function endOf(walk: Walk, head: Head, finding: Finding | null): WalkEnd {
  return {
    head,
    finding,
    fragmentBytes: finding === null ? Math.max(0, walk.sizeBytes - head.sizeBytes) : 0,
    claimedLogId: finding?.kind === "key" && finding.seq === 0 ? readClaim(walk.log) : null,
  };
}

/** The log id a first line names; nobody has verified it. */
function readClaim(log: RegularFile): string | null {
  const [line] = scanLines(log.readAt(0, maxEntryBytes)).lines;
  const header = line === undefined ? null : parseHeader(line);
  if (header === null) return null;
  try {
    const id = toEntry(header).details["log"];
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}
