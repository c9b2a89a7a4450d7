/**
 * What one worker was sent. What it still has of that is its own affair: it says where it has not.
 *
 * @module
 */

/** Beyond so many all are forgotten, and sent again when they are asked. */
const maxJobs = 1_024;
/**
 * Bytes of modules and data: sixteen of the largest by default. What is dropped is collected, but what
 * V8's compilers leave between the pieces is not, and it slowly becomes more.
 */
const maxBytes = 33_554_432;

/** Keys of jobs and the numbers a worker knows them by. */
export class SentJobs {
  readonly #ids = new Map<string, number>();
  #bytes = 0;

  /** Whether another worker should take this one's place: it was sent as much as one is ever sent. */
  get isFull(): boolean {
    return this.#bytes >= maxBytes;
  }

  /** The worker's number of a job; null when it was not sent, or is not there any more. */
  find(key: string): number | null {
    return this.#ids.get(key) ?? null;
  }

  /** @param bytes That were sent, whatever the worker said to them. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  add(key: string, id: number): void {
    if (this.#ids.size >= maxJobs) this.#ids.clear();
    this.#ids.set(key, id);
  }

  forget(key: string): void {
    this.#ids.delete(key);
  }
}
