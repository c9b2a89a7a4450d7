/**
 * When head slots and marks are synced: once nobody appends any more, and off the road of an answer.
 *
 * @module
 */
import { idleFlushMs, maxFlushDelayMs } from "../../core/limits.ts";

/** One open log's turn to sync what it wrote since the last time. */
export class IdleFlush {
  readonly #flush: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sinceMs = 0;
  #running: Promise<void> = Promise.resolve();

  /** @param flush Must not fail. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** After a write: soon, when no other follows; at the latest maxFlushDelayMs after the first one. */
  wake(): void {
    const nowMs = performance.now();
    if (this.#timer === undefined) this.#sinceMs = nowMs;
    clearTimeout(this.#timer);
    const restMs = this.#sinceMs + maxFlushDelayMs - nowMs;
    const timer = setTimeout(() => this.#run(), Math.max(0, Math.min(idleFlushMs, restMs)));
    // It keeps no process alive that has nothing else to do.
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  #run(): void {
    this.#timer = undefined;
    this.#running = this.#running.then(this.#flush);
  }

  /** No flush begins any more; waits for the one that runs. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }
}
