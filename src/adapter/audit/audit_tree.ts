/**
 * The tree over a log's lines, from verified bytes.
 *
 * @module
 */
import { TreeWalk } from "../../core/audit/merkle/tree_walk.ts";
import { judgeLog } from "../../core/audit/judge_log.ts";
import { toEntry } from "../../core/audit/line.ts";
import { type LogReport, toLogError } from "../../core/audit/log_report.ts";
import { treeBefore } from "../../core/audit/segment.ts";
import { openAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import { readFirstHeader } from "./audit_walk.ts";
import { type BatchBlock, takeBatch } from "./audit_walk_batch.ts";
import { walkSegments } from "./audit_walk_segments.ts";
import { startNativeHash } from "../native_hash.ts";

/** A tree, and the way from one entry to its root. */
export interface LogTree {
  /** Entries. */
  readonly size: number;
  readonly root: Uint8Array;
  /** Raw bytes of the entry asked for, without LF; null when it is not there. */
  readonly line: Uint8Array | null;
  /** RFC 6962 section 2.1.1; null as above. */
  readonly path: readonly Uint8Array[] | null;
}

/**
 * Walks closed segments by their seals, and line by line from the segment on that has the entry
 * asked for.
 *
 * @param seq Entry to prove; without it only the newest segment is walked.
 * @throws {EngineError} When the log does not verify.
 */
export async function readLogTree(
  options: AuditOptions,
  seq: number | null = null,
): Promise<LogTree> {
  using rest = await openAtRest(options);
  using taken = takeBatch();
  const from = seq === null ? Infinity : await findSegment(options, seq);
  const steps = walkSegments(rest, options, {
    startHash: startNativeHash,
    isSealEnough: (seg) => seg < from,
    batch: taken.batch,
  });
  const growing = new GrowingTree(seq);
  for (;;) {
    const step = steps.next();
    if (!step.done) {
      growing.take(step.value);
      continue;
    }
    refuse(judgeLog(step.value));
    return growing.answer();
  }
}

/** What is torn or unverifiable before the part that was walked speaks against nothing said here. */
function refuse(report: LogReport): void {
  const error = report.verdict === "UNVERIFIABLE" && report.entries > 0 ? null : toLogError(report);
  if (error !== null) throw error;
}

/** The closed segment that has an entry; Infinity when none has. */
async function findSegment(options: AuditOptions, seq: number): Promise<number> {
  using rest = await openAtRest(options);
  const firsts = rest.sealed.map((seg) => {
    using file = rest.open(seg);
    return { seg, first: readFirstHeader(file)?.seq ?? Infinity };
  });
  const active = rest.active === null ? Infinity : readFirstHeader(rest.active)?.seq ?? Infinity;
  if (seq >= active) return Infinity;
  return firsts.findLast(({ first }) => first <= seq)?.seg ?? Infinity;
}

/** A tree that begins where the walked lines begin, as their first entry says. */
class GrowingTree {
  readonly #seq: number | null;
  #tree: TreeWalk | null = null;
  #line: Uint8Array | null = null;

  constructor(seq: number | null) {
    this.#seq = seq;
  }

  take(block: BatchBlock): void {
    if (this.#tree?.size !== block.firstSeq) {
      const from = treeBefore(toEntry(block.header(0)));
      const inclusions = this.#seq === null || this.#seq < block.firstSeq
        ? []
        : [{ index: this.#seq }];
      this.#tree = from && new TreeWalk({ from, inclusions });
    }
    this.#tree?.feed(block.leafHashes);
    const index = (this.#seq ?? -1) - block.firstSeq;
    if (index >= 0 && index < block.count) this.#line = Uint8Array.from(block.line(index));
  }

  answer(): LogTree {
    const answers = (this.#tree ?? new TreeWalk()).answers();
    const path = answers.inclusions[0] ?? null;
    return { size: answers.size, root: answers.root, line: this.#line, path };
  }
}
