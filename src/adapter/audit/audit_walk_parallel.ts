/**
 * Walks several segments at a time, each in a thread of its own. A chain is sequential only to
 * write: each line is checked against the MAC that is stored before it, so segments can be walked in
 * any order and held together afterwards.
 *
 * @module
 */
import type { KnownHead, LogEvidence } from "../../core/audit/log_report.ts";
import { EngineError } from "../../core/errors.ts";
import type { LogAtRest } from "./audit_at_rest.ts";
import type { AuditOptions } from "./audit_options.ts";
import {
  concludePiece,
  evidenceOf,
  noProgress,
  pieces,
  planPiece,
  type WalkContext,
  type WholeWalkOptions,
} from "./audit_pieces.ts";
import { checkSeal } from "./audit_seal_check.ts";
import type { Outcome, Piece, Progress } from "./audit_unkeyed.ts";
import { readFirstHeader, type Walk, type WalkEnd } from "./audit_walk.ts";
import { takeBatch, walkBatch } from "./audit_walk_batch.ts";
import type { SegmentAnswer, SegmentTask } from "./segment_worker.ts";

/** Told of every window that was verified. */
export type OnVerified = (bytes: number, entries: number) => void;

/** A worker and whether it is at work. */
class Thread {
  readonly #worker: Worker;
  #waiting: ((answer: SegmentAnswer) => void) | null = null;
  readonly #onVerified: OnVerified;

  constructor(onVerified: OnVerified) {
    this.#onVerified = onVerified;
    // A bundle has it as a file of its own beside the main one.
    const name = import.meta.url.endsWith(".ts") ? "segment_worker.ts" : "segment_worker.js";
    this.#worker = new Worker(new URL(`./${name}`, import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<SegmentAnswer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hear({ kind: "refused" });
    };
  }

  #hear(answer: SegmentAnswer): void {
    if (answer.kind === "done") return this.#onVerified(answer.bytes, answer.entries);
    this.#waiting?.(answer);
    this.#waiting = null;
  }

  run(task: SegmentTask): Promise<SegmentAnswer> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#worker.postMessage(task);
    });
  }

  end(): void {
    this.#worker.terminate();
  }
}

/** Threads that take one segment after the other. */
class Threads implements Disposable {
  readonly #all: readonly Thread[];
  readonly #idle: Thread[];
  readonly #queue: ((thread: Thread) => void)[] = [];

  constructor(count: number, onVerified: OnVerified) {
    this.#all = Array.from({ length: count }, () => new Thread(onVerified));
    this.#idle = [...this.#all];
  }

  async walk(piece: Piece, walk: Walk, known: readonly KnownHead[]): Promise<WalkEnd> {
    const thread = this.#idle.pop() ??
      await new Promise<Thread>((resolve) => this.#queue.push(resolve));
    const answer = await thread.run(taskOf(piece, walk, known));
    const next = this.#queue.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
    return answer.kind === "end" ? answer.end : walkHere(walk);
  }

  [Symbol.dispose](): void {
    for (const thread of this.#all) thread.end();
  }
}

/** Returns what was found, for judgeLog: the same as walkSegments. */
export async function walkParallel(
  rest: LogAtRest,
  options: AuditOptions,
  how: WholeWalkOptions & { readonly threads: number; readonly onVerified: OnVerified },
): Promise<LogEvidence> {
  const known = [...rest.known, ...how.memory ?? []];
  const context = { options, known, how };
  using threads = new Threads(how.threads, how.onVerified);
  using files = new DisposableStack();
  const begun = Array.from(pieces(rest), (piece) => {
    if (piece.isSealed) files.use(piece.file);
    const plan = planPiece(piece, noProgress, context, true);
    // Where no first line says how to begin, the segment before does.
    const isAlone = isWalked(piece, how) && readFirstHeader(piece.file) !== null;
    return "walk" in plan && isAlone
      ? { piece, plan, end: threads.walk(piece, plan.walk, known) }
      : { piece, plan: null, end: null };
  });
  let last: Outcome = { progress: noProgress, finding: null, end: null };
  const numbers: number[] = [];
  for (const { piece, plan, end } of begun) {
    numbers.push(piece.seg);
    last = plan === null
      // In its turn: what can be said of it depends on the one before.
      ? lookAt(piece, last.progress, context)
      : concludePiece({ piece, plan, end: await end }, last.progress, context);
    if (last.finding !== null) break;
    how.onConcluded?.(last.progress.structural);
  }
  return evidenceOf(rest, { numbers, last, known, logId: options.logId });
}

function isWalked({ isSealed, seg }: Piece, { isSealEnough }: WholeWalkOptions): boolean {
  return !isSealed || isSealEnough?.(seg) !== true;
}

/** What is said of a segment that no thread walked. */
function lookAt(piece: Piece, progress: Progress, context: WalkContext): Outcome {
  const plan = planPiece(piece, progress, context);
  if ("outcome" in plan) return plan.outcome;
  if (isWalked(piece, context.how)) {
    return concludePiece({ piece, plan, end: walkHere(plan.walk) }, progress, context);
  }
  const { startHash } = context.how;
  if (startHash === undefined) throw new EngineError("internal", "A seal check needs a hash");
  return checkSeal({ piece, plan, startHash }, progress, context);
}

function taskOf(
  { file }: Piece,
  { from, sizeBytes, keys, wanted = [] }: Walk,
  known: readonly KnownHead[],
): SegmentTask {
  const { path, identity } = file;
  return { path, identity, from, sizeBytes, keys, known, wanted };
}

/** In this thread, on the file that is open here. */
function walkHere(walk: Walk): WalkEnd {
  using taken = takeBatch();
  const steps = walkBatch(walk, taken.batch);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
