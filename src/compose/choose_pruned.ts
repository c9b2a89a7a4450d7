/**
 * Which segments a prune removes, of a log that has been verified as a whole.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { RegularFile } from "../adapter/audit/audit_disk.ts";
import { hashFile } from "../adapter/audit/audit_hash.ts";
import { identifyFile, type PrunedSegment } from "../adapter/audit/audit_prune.ts";
import { verifyAuditFile } from "../adapter/audit/audit_report.ts";
import { listSegments, segmentPath } from "../adapter/audit/audit_segments.ts";
import { bindSegments } from "../adapter/audit/bound_segments.ts";
import { readClosedSegment } from "../adapter/audit/closed_segment.ts";
import { findPrunes } from "../adapter/audit/find_prunes.ts";
import { type LogReport, type LogVerdict, toLogError } from "../core/audit/log_report.ts";
import { removedIn } from "../core/audit/segment.ts";
import { EngineError, TamperDetectedError } from "../core/errors.ts";
import type { PruneRange } from "../edge/cli/audit_keeper.ts";
import type { KeeperLog } from "./keeper_log.ts";

/** @throws {EngineError} Unless the log verifies; `usage` for the segment that is appended to. */
export async function choosePruned(
  log: KeeperLog,
  range: PruneRange,
): Promise<{ readonly verdict: LogVerdict; readonly segments: readonly PrunedSegment[] }> {
  const { audit, options, layout: { sidePath } } = log;
  const report = await verifyAuditFile(options);
  refuseUnsound(report, options.isForwardSecure);
  const sealed = listSegments(sidePath);
  const named = readNamed(log, sealed);
  const before = firstKept(range, sealed, Number(audit.key.slice(9)));
  const going = sealed.filter((seg) => seg < before || named.has(seg));
  const isTheOldest = going.every((seg, i) => sealed[i] === seg);
  if (!isTheOldest) throw gap();
  const [oldest] = going;
  const bound = oldest === undefined ? new Map() : bindSegments(options, log.startHash, oldest);
  const segments = going.map((seg): PrunedSegment => {
    const sha256 = bound.get(seg) ?? "";
    const identity = identifyFile(segmentPath(sidePath, seg));
    confirmHash(log, seg, sha256);
    const isNamed = named.get(seg) === sha256;
    return { ...readClosedSegment(sidePath, seg), sha256, isNamed, identity };
  });
  return { verdict: report.verdict, segments };
}

/** Between noting what lstat shows and here the file may have been another. */
function confirmHash({ layout, startHash }: KeeperLog, seg: number, sha256: string): void {
  using file = new RegularFile(segmentPath(layout.sidePath, seg), "read");
  if (encodeHex(hashFile(file, file.sizeBytes(), startHash)) === sha256) return;
  throw new TamperDetectedError("audit_tampered", `Segment ${seg} changed while it was looked at`);
}

/** What entries name as removed. Verified a moment ago; an entry too many removes nothing by itself. */
function readNamed({ layout }: KeeperLog, sealed: readonly number[]): ReadonlyMap<number, string> {
  const named = new Map<number, string>();
  const paths = [...sealed.map((seg) => segmentPath(layout.sidePath, seg)), layout.logPath];
  for (const path of paths) {
    using file = new RegularFile(path, "read");
    for (const { entry } of findPrunes(file, file.sizeBytes())) {
      for (const [seg, sha256] of removedIn(entry)) named.set(seg, sha256);
    }
  }
  return named;
}

/** Where the root secret is elsewhere, older entries are bound by their files' hashes alone. */
function refuseUnsound(report: LogReport, isForwardSecure: boolean): void {
  if (report.verdict === "UNVERIFIABLE" && isForwardSecure) return;
  if (report.verdict === "UNCLEAN-END") {
    throw new EngineError("audit_busy", report.message, { hint: "try again" });
  }
  const error = toLogError(report);
  if (error !== null) throw error;
}

/** Number of the oldest segment that stays. */
function firstKept(range: PruneRange, sealed: readonly number[], active: number): number {
  if (range.kind === "keep") {
    return range.count === 0 ? active : sealed[sealed.length - range.count] ?? 0;
  }
  if (range.segment <= active) return range.segment;
  throw new EngineError("usage", `Segment ${active} is appended to: it cannot be removed`, {
    hint: "close it first: `sealward audit rotate`",
  });
}

function gap(): TamperDetectedError {
  return new TamperDetectedError("audit_missing", "Segments to remove are not the oldest ones");
}
