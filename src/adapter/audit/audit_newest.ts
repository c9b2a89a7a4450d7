/**
 * Where a log goes on: its newest file and the keys of the segment that is.
 *
 * @module
 */
import type { EpochKeys } from "../../core/audit/keys.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import { RegularFile } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";

/** The file at the log's path; between two segments the newest closed one. */
export function openNewest({ logPath, sidePath }: AuditOptions): RegularFile {
  try {
    return new RegularFile(logPath, "append");
  } catch (error) {
    const isMissing = error instanceof TamperDetectedError && error.code === "audit_missing";
    const last = isMissing ? listSegments(sidePath).at(-1) : undefined;
    if (last === undefined) throw error;
    return new RegularFile(segmentPath(sidePath, last), "read");
  }
}

/** Keys of the segment the newest record speaks of; of the first one where there is none. */
export function newestKeys(
  { ring }: AuditOptions,
  newest: { readonly kid: string; readonly epoch: number } | null,
): EpochKeys {
  const keys = newest === null ? ring.first() : ring.find(newest.kid, newest.epoch);
  if (keys !== null) return keys;
  throw new EngineError("audit_unverifiable", "The key of the audit log is not here", {
    hint: "check which secret this install uses",
  });
}

/** SECURITY: a rotation killed behind its heads left the secret of what is closed. */
export function hasOlderSecret(
  { options: { isForwardSecure, ring }, keys }: {
    readonly options: AuditOptions;
    readonly keys: EpochKeys;
  },
): boolean {
  return isForwardSecure && ring.isBefore(keys.kid, keys.epoch);
}
