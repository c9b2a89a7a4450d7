/**
 * What the engine needs of a sandbox, whichever it is.
 *
 * @module
 */
import type { CheckFailure } from "./check_failure.ts";
import type { CheckJob, CheckOutcome } from "./check_job.ts";

/** An outcome and how long it took. */
export type TimedOutcome = CheckOutcome & { readonly wallMicros: number };

export interface SandboxStatus {
  /** `open`: too many deaths, every check is denied at once; `half_open`: the next one tries. */
  readonly breaker: "closed" | "open" | "half_open";
  /** No worker can be had any more by this process: only starting it again helps. */
  readonly isLost: boolean;
  /** Runs that wait. */
  readonly waiting: number;
}

export interface Sandbox {
  /**
   * Looks at a module as the gate does, and keeps the job under `key` for runs, also in workers
   * to come.
   *
   * @param key Names the job and all of it: same key, same job.
   * @returns Why it cannot run, or null.
   */
  readonly load: (key: string, job: CheckJob) => Promise<CheckFailure | null>;
  /** @param request See encodeCheckRequest. Never rejects: whatever goes wrong is a failed outcome. */
  readonly run: (
    key: string,
    request: Uint8Array,
    options: { readonly deadlineMs: number },
  ) => Promise<TimedOutcome>;
  /** Forgets a job. */
  readonly drop: (key: string) => void;
  readonly status: () => SandboxStatus;
  /** Ends every process of it and waits until they are gone. */
  readonly close: () => Promise<void>;
}
