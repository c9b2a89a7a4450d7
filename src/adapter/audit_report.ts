/**
 * Reads and verifies a whole log, without writing anything: it works on a read-only disk, beside a
 * running engine, and on a log no engine would open.
 *
 * @module
 */
import { emptyHead } from "../core/audit/chain.ts";
import type { Entry, Head } from "../core/audit/entry.ts";
import { deriveEpochKeys, type EpochKeys } from "../core/audit/keys.ts";
import { type LineHeader, toEntry } from "../core/audit/line.ts";
import { judgeLog, type LogReport, refusedReport, toLogError } from "../core/audit/log_report.ts";
import { TamperDetectedError } from "../core/errors.ts";
import { lockTimeoutMs } from "../core/limits.ts";
import { RegularFile } from "./audit_disk.ts";
import { AuditLock } from "./audit_lock.ts";
import { knownHeads, MarkSlots, type SlotReadings } from "./audit_marks.ts";
import type { AuditOptions } from "./audit_options.ts";
import { walkLog } from "./audit_walk.ts";

/** How long the walk keeps the thread before others get a turn. */
const sliceMs = 5;

/**
 * Verifies every line from genesis against chain, head slots and marks. Never throws for what it
 * finds; the verdict says it.
 *
 * @param memory Head a running engine remembers; catches files rolled back together.
 * @throws {EngineError} `audit_busy` and `audit_unreadable`: then nothing was looked at.
 */
export async function verifyAuditFile(
  options: AuditOptions,
  memory: Head | null = null,
): Promise<LogReport> {
  try {
    const walk = walkWhole(options, memory);
    for (;;) {
      const step = await walk.next();
      if (step.done) return step.value;
    }
  } catch (error) {
    if (error instanceof TamperDetectedError) return refusedReport(error);
    throw error;
  }
}

/**
 * Every entry from genesis on, verified, in log order.
 *
 * @param fromSeq First one wanted; those before are verified all the same.
 * @throws {EngineError} At the first finding, or at the end when the end is not where it should be.
 */
export async function* readAuditFile(
  options: AuditOptions,
  memory: Head | null,
  fromSeq: number,
): AsyncGenerator<Entry, void> {
  const walk = walkWhole(options, memory);
  for (;;) {
    const step = await walk.next();
    if (step.done) {
      const error = toLogError(step.value);
      if (error !== null) throw error;
      return;
    }
    for (const header of step.value) if (header.seq >= fromSeq) yield toEntry(header);
  }
}

async function* walkWhole(
  options: AuditOptions,
  memory: Head | null,
): AsyncGenerator<readonly LineHeader[], LogReport> {
  const { hmac, logId } = options;
  const keys = deriveEpochKeys(options.rootSecret, logId, 0, hmac);
  const { log, sizeBytes, readings } = await openAtRest(options, keys);
  using _closing = log;
  const known = [...knownHeads(readings), ...(memory === null ? [] : [memory])];
  const walk = walkLog({ log, from: emptyHead, sizeBytes, keys, hmac, known });
  let pausedAt = performance.now();
  for (;;) {
    const step = walk.next();
    if (step.done) return judgeLog({ ...step.value, ...readings, known, logId });
    yield step.value;
    if (performance.now() - pausedAt < sliceMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    pausedAt = performance.now();
  }
}

/** Log, size and slots as they were at one moment, between two writers. */
async function openAtRest(options: AuditOptions, keys: EpochKeys): Promise<{
  readonly log: RegularFile;
  readonly sizeBytes: number;
  readonly readings: SlotReadings;
}> {
  const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
  const lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: false });
  try {
    return await lock.hold(() => {
      using opened = new DisposableStack();
      const log = opened.use(new RegularFile(options.logPath, "read"));
      using slots = new MarkSlots(options, keys, "read");
      const atRest = { log, sizeBytes: log.sizeBytes(), readings: slots.read() };
      opened.move();
      return atRest;
    });
  } finally {
    await lock.close();
  }
}
