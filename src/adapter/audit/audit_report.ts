/**
 * Reads and verifies a whole log, without writing anything: it works on a read-only disk, beside a
 * running engine, and on a log no engine would open.
 *
 * @module
 */
import type { Entry } from "../../core/audit/entry.ts";
import { toEntry } from "../../core/audit/line.ts";
import { judgeLog } from "../../core/audit/judge_log.ts";
import {
  type KnownHead,
  type LogReport,
  refusedReport,
  toLogError,
} from "../../core/audit/log_report.ts";
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import type { StartHash } from "../../core/ports.ts";
import { type LogAtRest, openAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import { readFirstHeader } from "./audit_walk.ts";
import type { WholeWalkOptions } from "./audit_pieces.ts";
import { type BatchBlock, takeBatch } from "./audit_walk_batch.ts";
import { walkSegments } from "./audit_walk_segments.ts";

/** How long the walk keeps the thread before others get a turn. */
const sliceMs = 5;

/**
 * Verifies every line of every segment against chain, seals, head slots and marks. Never throws for
 * what it finds; the verdict says it.
 *
 * @throws {EngineError} `audit_busy` and `audit_unreadable`: then nothing was looked at.
 */
export async function verifyAuditFile(
  options: AuditOptions,
  how: WholeWalkOptions = {},
): Promise<LogReport> {
  try {
    const walk = walkWhole(options, how);
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
 * Every entry there is, verified, in log order.
 *
 * @param memory Head a running engine remembers; catches files rolled back together.
 * @param fromSeq First one wanted; those before are verified all the same.
 * @throws {EngineError} At the first finding, or at the end when the end is not where it should be;
 *   `audit_unverifiable` when the key of wanted entries is not here.
 */
export async function* readAuditFile(
  options: AuditOptions,
  memory: KnownHead | null,
  fromSeq: number,
): AsyncGenerator<Entry, void> {
  const walk = walkWhole(options, memory === null ? {} : { memory: [memory] });
  for (;;) {
    const step = await walk.next();
    if (step.done) {
      const error = toReadError(step.value, fromSeq);
      if (error !== null) throw error;
      return;
    }
    for (const header of step.value.headers) if (header.seq >= fromSeq) yield toEntry(header);
  }
}

/** Entries nobody can verify do not matter to a reader who asked for later ones. */
function toReadError(report: LogReport, fromSeq: number): EngineError | null {
  const isWanted = report.unverifiable.length === 0 ||
    report.unverifiable.some(({ to }) => to >= fromSeq);
  return isWanted ? toLogError(report) : null;
}

async function* walkWhole(
  options: AuditOptions,
  how: WholeWalkOptions,
): AsyncGenerator<BatchBlock, LogReport> {
  using rest = await openAtRest(options);
  const startHash = how.startHash ?? await loadHash(rest, options);
  using taken = takeBatch();
  const { batch } = taken;
  const hashes = startHash === null ? {} : { startHash };
  const walk = walkSegments(rest, options, { ...how, ...hashes, batch });
  let pausedAt = performance.now();
  for (;;) {
    const step = walk.next();
    if (step.done) return judgeLog(step.value);
    yield step.value;
    if (performance.now() - pausedAt < sliceMs) continue;
    await new Promise((resolve) => setTimeout(resolve));
    pausedAt = performance.now();
  }
}

/** Needed only where a key is not here, and slow to load. */
async function loadHash(rest: LogAtRest, { ring }: AuditOptions): Promise<StartHash | null> {
  const isKeyed = rest.sealed.every((seg) => {
    using file = rest.open(seg);
    const kid = readFirstHeader(file)?.key.slice(0, 8) ?? ring.kid;
    return ring.find(kid, seg) !== null;
  });
  return isKeyed ? null : (await import("../native_hash.ts")).startNativeHash;
}
