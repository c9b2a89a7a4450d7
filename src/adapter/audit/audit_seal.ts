/**
 * Seals the active segment while others go on appending to it.
 *
 * @module
 */
import { RegularFile } from "./audit_disk.ts";
import type { ActiveLog } from "./audit_active.ts";
import { type KeyChangeRequest, sealActive } from "./audit_rotate.ts";
import type { AuditRotation } from "./audit_rotation.ts";
import { SegmentDigest } from "./audit_segment_digest.ts";
import { takeBatch } from "./audit_walk_batch.ts";
import { startNativeHash } from "../native_hash.ts";

/** How long it keeps the thread before others get a turn. */
const sliceMs = 5;

/** What sealing needs beside the log. */
export interface SealParts {
  /** Runs a body under the log's lock, on everything others appended. */
  readonly hold: <T>(body: () => T) => Promise<T>;
  readonly rotation: AuditRotation<ActiveLog>;
  readonly change: KeyChangeRequest | null;
}

/** @returns False when another process sealed it meanwhile. */
export async function sealSegment(active: ActiveLog, parts: SealParts): Promise<boolean> {
  const { hmac, logPath } = active.options;
  const { log, keys, to } = await parts.hold(() => ({
    log: new RegularFile(logPath, "read"),
    keys: active.keys,
    to: active.position.head,
  }));
  using _closing = log;
  using taken = takeBatch();
  const { batch } = taken;
  const digest = new SegmentDigest({ log, keys, hmac, startHash: startNativeHash, batch });
  await runInSlices(digest.advance(to));
  return await parts.hold(() => {
    if (active.keys !== keys) return false;
    // What came meanwhile is little: it is taken in under the lock.
    for (const _ of digest.advance(active.position.head));
    active.rotation = parts.rotation;
    sealActive(active, digest, parts.rotation, parts.change);
    return true;
  });
}

async function runInSlices(steps: Generator<void, void>): Promise<void> {
  let pausedAt = performance.now();
  for (const _ of steps) {
    if (performance.now() - pausedAt < sliceMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    pausedAt = performance.now();
  }
}
