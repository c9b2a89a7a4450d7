/**
 * What a closed segment's file says of itself.
 *
 * @module
 */
import { TamperDetectedError } from "../../core/errors.ts";
import { RegularFile } from "./audit_disk.ts";
import { segmentPath } from "./audit_segments.ts";
import { readFirstHeader, readLastHeader } from "./audit_walk.ts";

/** Claims of the first and last line; nobody has verified them here. */
export interface ClosedSegment {
  readonly seg: number;
  readonly firstSeq: number;
  /** The seal's. */
  readonly lastSeq: number;
  readonly lastMac: string;
  /** UTC, 27 characters. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly sizeBytes: number;
  /** The previous file's SHA-256 as the first line names it, hex; null in the first segment. */
  readonly namesBefore: string | null;
}

/** @throws {TamperDetectedError} `audit_missing`, or `audit_tampered` for a file of no lines. */
export function readClosedSegment(sidePath: string, seg: number): ClosedSegment {
  using file = new RegularFile(segmentPath(sidePath, seg), "read");
  const first = readFirstHeader(file);
  const last = readLastHeader(file);
  if (first === null || last === null) {
    throw new TamperDetectedError("audit_tampered", `Segment ${seg} is no file of entries`);
  }
  return {
    seg,
    firstSeq: first.seq,
    lastSeq: last.seq,
    lastMac: last.mac,
    firstAt: first.at,
    lastAt: last.at,
    sizeBytes: file.sizeBytes(),
    namesBefore: namedBefore(first.detailsText),
  };
}

/** What an `audit.segment` entry's details name; null for any other. */
export function namedBefore(detailsText: string): string | null {
  return /"prev_seg_sha256":"([0-9a-f]{64})"/.exec(detailsText)?.[1] ?? null;
}
