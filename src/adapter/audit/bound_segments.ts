/**
 * Closed segments as the newest one vouches for them: its first entry is verified and names the file
 * before it, whose first line names the next older one. Hashing is many times as fast as verifying
 * entries, and needs no key but the newest.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { structuralTypes } from "../../core/audit/segment.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { StartHash } from "../../core/ports.ts";
import { RegularFile } from "./audit_disk.ts";
import { hashFile } from "./audit_hash.ts";
import type { AuditOptions } from "./audit_options.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";
import { checkLine, readFirstHeader } from "./audit_walk.ts";
import { namedBefore } from "./closed_segment.ts";

/**
 * SHA-256, hex, of the files from `from` to the newest closed one, each hashed and compared.
 *
 * @throws {EngineError} `audit_tampered` for a file that is another, `audit_missing`,
 *   `audit_unverifiable` when the newest segment's key is not here.
 */
export function bindSegments(
  options: AuditOptions,
  startHash: StartHash,
  from: number,
): ReadonlyMap<number, string> {
  const bound = new Map<number, string>();
  let named = readNewestBond(options);
  for (const seg of listSegments(options.sidePath).toReversed()) {
    if (seg < from) break;
    using file = new RegularFile(segmentPath(options.sidePath, seg), "read");
    const found = encodeHex(hashFile(file, file.sizeBytes(), startHash));
    const first = readFirstHeader(file);
    // The number as well: a name is not part of what is hashed.
    if (found !== named || first?.key.slice(9) !== String(seg)) throw other(seg);
    bound.set(seg, found);
    named = namedBefore(first.detailsText);
  }
  return bound;
}

/** What the first entry of the newest segment names, that entry verified. */
function readNewestBond({ logPath, ring, hmac }: AuditOptions): string | null {
  using log = new RegularFile(logPath, "read");
  const first = readFirstHeader(log);
  if (first === null || first.type !== structuralTypes.segment) return null;
  const keys = ring.find(first.key.slice(0, 8), Number(first.key.slice(9)));
  if (keys === null) throw noKey();
  const from = { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
  const { header } = checkLine({ log, from, sizeBytes: log.sizeBytes(), keys, hmac, known: [] });
  if (header === null) {
    throw new TamperDetectedError("audit_tampered", "The newest segment's first entry is forged");
  }
  return namedBefore(header.detailsText);
}

function other(seg: number): TamperDetectedError {
  const message = `Segment ${seg} is not the file that the next one names`;
  return new TamperDetectedError("audit_tampered", message, {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}

function noKey(): EngineError {
  return new EngineError("audit_unverifiable", "The key of the newest segment is not here", {
    hint: "check which secret this install uses",
  });
}
