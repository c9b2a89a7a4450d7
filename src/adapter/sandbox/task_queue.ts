/**
 * One thing after another, not too many of them, and none waits for long.
 *
 * @module
 */

/** Something to do, or to be told that it will not be done. */
export interface Task {
  /** Bytes it keeps while it waits. */
  readonly bytes: number;
  readonly act: () => Promise<void>;
  /** @param reason One line. */
  readonly deny: (reason: string) => void;
}

export interface QueueBounds {
  readonly maxTasks: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly task: Task;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Tasks wait here while another one is at work. */
export class TaskQueue {
  readonly #bounds: QueueBounds;
  readonly #waiting = new Set<Waiting>();
  #bytes = 0;
  #isBusy = false;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#waiting.size;
  }

  /** Does it now or in its turn; denies it when too many wait, or when its turn does not come. */
  add(task: Task): void {
    if (!this.#isBusy) return void this.#work(task);
    const { maxTasks, maxBytes, maxWaitMs } = this.#bounds;
    if (this.#waiting.size >= maxTasks || this.#bytes + task.bytes > maxBytes) {
      return task.deny(`Too many checks wait already: ${this.#waiting.size}`);
    }
    const waiting: Waiting = {
      task,
      timer: setTimeout(() => {
        this.#remove(waiting);
        task.deny(`Its turn did not come within ${maxWaitMs} ms`);
      }, maxWaitMs),
    };
    this.#waiting.add(waiting);
    this.#bytes += task.bytes;
  }

  /** Denies whatever waits. */
  clear(reason: string): void {
    for (const waiting of [...this.#waiting]) {
      this.#remove(waiting);
      waiting.task.deny(reason);
    }
  }

  async #work(first: Task): Promise<void> {
    this.#isBusy = true;
    for (let task: Task | null = first; task !== null; task = this.#next()) await task.act();
    this.#isBusy = false;
  }

  #next(): Task | null {
    const [waiting] = this.#waiting;
    if (waiting === undefined) return null;
    this.#remove(waiting);
    return waiting.task;
  }

  #remove(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    if (this.#waiting.delete(waiting)) this.#bytes -= waiting.task.bytes;
  }
}
