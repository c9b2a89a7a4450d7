/**
 * What one worker has loaded; the least recently used goes first.
 *
 * @module
 */
import type { CheckJob } from "../../core/check/check_job.ts";

const maxJobs = 256;
/**
 * Of modules and data. SECURITY: compiled, a module takes up to a hundred times its bytes, and what is
 * dropped goes when the collector comes by: sixteen modules of 2 MB were 680 MiB.
 */
const maxBytes = 4_194_304;

interface LoadedJob {
  readonly id: number;
  readonly bytes: number;
}

/** Bytes that a worker keeps of a job. */
export function bytesOf({ module, data }: CheckJob): number {
  return module.length + (data?.length ?? 0);
}

/** Keys of jobs and the numbers a worker knows them by. */
export class LoadedJobs {
  // In the order of their last use.
  readonly #jobs = new Map<string, LoadedJob>();
  #bytes = 0;

  /** The worker's number of a job, which is used now; null when it has not got it. */
  find(key: string): number | null {
    const job = this.#jobs.get(key);
    if (job === undefined) return null;
    this.#jobs.delete(key);
    this.#jobs.set(key, job);
    return job.id;
  }

  /** @returns Numbers of jobs that the worker must drop. */
  add(key: string, job: LoadedJob): readonly number[] {
    this.#jobs.set(key, job);
    this.#bytes += job.bytes;
    const dropped: number[] = [];
    for (const [oldKey, { id, bytes }] of this.#jobs) {
      const fits = this.#jobs.size <= maxJobs && this.#bytes <= maxBytes;
      // The one that is asked for now stays, however large it is.
      if (fits || this.#jobs.size === 1) break;
      this.#jobs.delete(oldKey);
      this.#bytes -= bytes;
      dropped.push(id);
    }
    return dropped;
  }
}
