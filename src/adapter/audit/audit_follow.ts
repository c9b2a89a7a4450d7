/**
 * Reads a log as it grows, from its own verified position on.
 *
 * @module
 */
import type { AuditFollower } from "../../core/audit/audit_port.ts";
import type { Entry } from "../../core/audit/entry.ts";
import { judgeLog } from "../../core/audit/judge_log.ts";
import { toEntry } from "../../core/audit/line.ts";
import { type KnownHead, toLogError } from "../../core/audit/log_report.ts";
import { type LogAtRest, openAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import { confirmEnd } from "./audit_walk.ts";
import { type BatchBlock, takeBatch } from "./audit_walk_batch.ts";
import { walkSegments } from "./audit_walk_segments.ts";

/**
 * Starts at the oldest entry there is.
 *
 * SECURITY: the position is also a head the log must have: one that was cut behind a reader, or
 * replaced by another that verifies, ends the following with `audit_rollback`.
 */
export function followAuditFile(options: AuditOptions): AuditFollower {
  let position: KnownHead | null = null;
  async function* readNew(): AsyncGenerator<Entry, void> {
    using rest = await openAtRest(options);
    if (position !== null) confirmPosition(rest, position);
    if (position !== null && isUnchanged(rest, position)) return;
    using taken = takeBatch();
    const how = position === null ? {} : { resume: position, memory: [position] };
    const walk = walkSegments(rest, options, { ...how, batch: taken.batch });
    for (;;) {
      const step = walk.next();
      if (step.done) {
        const error = toLogError(judgeLog(step.value));
        if (error !== null) throw error;
        return;
      }
      for (const header of step.value.headers) yield toEntry(header);
      position = endOf(step.value);
    }
  }
  return { readNew };
}

/** The last line that was read still ends where it did, in whatever file it lies by now. */
function confirmPosition(rest: LogAtRest, position: KnownHead): void {
  const isSealed = rest.sealed.includes(position.seg);
  using sealed = isSealed ? rest.open(position.seg) : null;
  const file = sealed ?? rest.active;
  if (file !== null) confirmEnd(file, position);
}

/** Nothing was written behind the position, as far as every head and mark know. */
function isUnchanged({ known, sizeBytes, active }: LogAtRest, position: KnownHead): boolean {
  if (active === null || sizeBytes !== position.sizeBytes) return false;
  return known.some(({ seq, mac, seg }) =>
    seq === position.seq && mac === position.mac && seg === position.seg
  );
}

function endOf(block: BatchBlock): KnownHead {
  const last = block.header(block.count - 1);
  return { ...block.headAt(block.count), seg: Number(last.key.slice(9)) };
}
