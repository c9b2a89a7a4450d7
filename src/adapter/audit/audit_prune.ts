/**
 * Removes the oldest closed segments, after an entry has said so. Cut short between the two, the next
 * prune removes what is named and still there.
 *
 * @module
 */
import type { NewEvent, Receipt } from "../../core/audit/entry.ts";
import { pruneEvent, type RemovedSegment } from "../../core/audit/segment.ts";
import { TamperDetectedError } from "../../core/errors.ts";
import { maxSegmentsPerEntry } from "../../core/limits.ts";
import { RegularFile, syncFolder } from "./audit_disk.ts";
import type { AuditFile } from "./audit_file.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";
import type { ClosedSegment } from "./closed_segment.ts";

/** A segment to remove; its file has been verified and hashed. */
export interface PrunedSegment extends ClosedSegment {
  /** Of the whole file, hex. */
  readonly sha256: string;
  /** An entry has named it with this hash before. */
  readonly isNamed: boolean;
  /** What lstat showed when it was hashed. */
  readonly identity: string;
}

/** Who takes it on, and why. */
export interface PruneBy {
  readonly principal: string;
  readonly reason: string;
}

/** Tells a file from one that takes its place. */
export function identifyFile(path: string): string {
  const { dev, ino, size, mtime } = Deno.lstatSync(path);
  return `${dev}:${ino}:${size}:${mtime?.getTime() ?? 0}`;
}

/**
 * Appends the entries, durably, then removes the files, oldest first.
 *
 * @param segments The oldest ones there are, ascending.
 * @returns Receipts of the new entries; none when an earlier call wrote them.
 * @throws {EngineError} `audit_tampered` when a file is no longer the one that was looked at: then
 *   nothing was removed; and as AuditFile.transact.
 */
export async function pruneSegments(
  audit: AuditFile,
  sidePath: string,
  what: { readonly segments: readonly PrunedSegment[]; readonly by: PruneBy },
): Promise<readonly Receipt[]> {
  const { segments, by } = what;
  const { receipts } = await audit.transact(() => {
    confirmFiles(sidePath, segments);
    return { events: pruneEvents(segments, by), result: null };
  }, { usesReserve: true });
  // The entry is durable; so is, from here, that the log goes on behind it.
  audit.flush();
  await audit.transact(() => {
    removeFiles(sidePath, segments);
    return { events: [], result: null };
  });
  return receipts;
}

/** As many entries as it takes; each removes what is older than it names. */
function pruneEvents(segments: readonly PrunedSegment[], by: PruneBy): readonly NewEvent[] {
  const fresh = segments.filter(({ isNamed }) => !isNamed);
  const events: NewEvent[] = [];
  for (let at = 0; at < fresh.length; at += maxSegmentsPerEntry) {
    const part = fresh.slice(at, at + maxSegmentsPerEntry);
    const removed = part.map(({ seg, sha256 }): RemovedSegment => [seg, sha256]);
    events.push(pruneEvent(removed, { ...by, toSeq: part.at(-1)?.lastSeq ?? 0 }));
  }
  return events;
}

/** They are the oldest, in a row, and untouched since they were verified. */
function confirmFiles(sidePath: string, segments: readonly PrunedSegment[]): void {
  const there = listSegments(sidePath);
  segments.forEach(({ seg, identity }, i) => {
    if (there[i] !== seg || identifyFile(segmentPath(sidePath, seg)) !== identity) throw moved(seg);
    using file = new RegularFile(segmentPath(sidePath, seg), "read");
    file.sizeBytes();
  });
}

function removeFiles(sidePath: string, segments: readonly PrunedSegment[]): void {
  confirmFiles(sidePath, segments);
  for (const { seg } of segments) {
    Deno.removeSync(segmentPath(sidePath, seg));
    // One by one: after a power cut no older file may stand before a gap.
    syncFolder(sidePath);
  }
}

function moved(seg: number): TamperDetectedError {
  const message = `Segment ${seg} changed while it was about to be removed`;
  return new TamperDetectedError("audit_tampered", message, {
    hint: "run the log verification, then prune again",
  });
}
