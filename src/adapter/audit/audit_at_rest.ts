/**
 * A log as it is at one moment, between two writers, opened for reading.
 *
 * @module
 */
import type { KnownHead } from "../../core/audit/log_report.ts";
import { TamperDetectedError } from "../../core/errors.ts";
import { lockTimeoutMs } from "../../core/limits.ts";
import { RegularFile } from "./audit_disk.ts";
import { AuditLock } from "./audit_lock.ts";
import { knownHeads, MarkSlots, type SlotReadings } from "./audit_marks.ts";
import type { AuditOptions } from "./audit_options.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";

/** Which files there are, and how far they went. */
export interface LogAtRest extends Disposable {
  /** Closed segments, ascending. */
  readonly sealed: readonly number[];
  /** The one that is appended to; null when closing a segment was cut short. */
  readonly active: RegularFile | null;
  /** Of the active segment. */
  readonly sizeBytes: number;
  readonly readings: SlotReadings;
  readonly known: readonly KnownHead[];
  /** Opens a closed segment. @throws {EngineError} When it is gone or no regular file. */
  readonly open: (seg: number) => RegularFile;
}

/**
 * Looks under the lock, so that nothing is seen half.
 *
 * @throws {EngineError} `audit_busy`, `audit_unreadable`, `audit_missing`.
 */
export async function openAtRest(options: AuditOptions): Promise<LogAtRest> {
  const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
  const lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: false });
  try {
    return await lock.hold(() => lookAt(options));
  } finally {
    await lock.close();
  }
}

function lookAt(options: AuditOptions): LogAtRest {
  using slots = new MarkSlots(options, "read");
  const readings = slots.read();
  const known = knownHeads(readings);
  const sealed = listSegments(options.sidePath);
  const active = openActive(options, sealed, known);
  return {
    sealed,
    active,
    sizeBytes: active?.sizeBytes() ?? 0,
    readings,
    known,
    open: (seg) => new RegularFile(segmentPath(options.sidePath, seg), "read"),
    [Symbol.dispose]: () => active?.[Symbol.dispose](),
  };
}

/**
 * Between moving a closed segment away and beginning the next there is no active one. That is no
 * loss as long as nothing is known of a next one.
 */
function openActive(
  { logPath }: AuditOptions,
  sealed: readonly number[],
  known: readonly KnownHead[],
): RegularFile | null {
  try {
    return new RegularFile(logPath, "read");
  } catch (error) {
    const last = sealed.at(-1) ?? -1;
    const isMissing = error instanceof TamperDetectedError && error.code === "audit_missing";
    if (isMissing && last >= 0 && known.every(({ seg }) => seg <= last)) return null;
    throw error;
  }
}
