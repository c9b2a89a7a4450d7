/**
 * Workers as children of this process.
 *
 * @module
 */
import { type Child, startChild } from "./start_child.ts";
import type { WorkerLink, WorkerListener, WorkerSource } from "./worker_source.ts";

/** Starts workers while this process may run programs; after sealing it may not. */
export class DirectSource implements WorkerSource {
  readonly #command: readonly string[];
  readonly #children = new Set<Child>();
  #left: number;

  /** @param maxWorkers In this process's whole life. */
  constructor(command: readonly string[], maxWorkers: number) {
    this.#command = command;
    this.#left = maxWorkers;
  }

  canStart(): boolean {
    return this.#left > 0;
  }

  start(listener: WorkerListener): WorkerLink | null {
    if (this.#left === 0) return null;
    this.#left--;
    try {
      const child = startChild(this.#command, listener);
      this.#children.add(child);
      child.gone.finally(() => this.#children.delete(child));
      return child;
    } catch {
      return null;
    }
  }

  async close(): Promise<void> {
    this.#left = 0;
    for (const child of this.#children) child.kill();
    await Promise.all([...this.#children].map(({ gone }) => gone));
  }
}
