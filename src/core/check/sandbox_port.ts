/**
 * What the engine needs of a sandbox in a process of its own.
 *
 * @module
 */
import type { CheckFailure } from "./check_failure.ts";
import type { CheckJob, CheckOutcome } from "./check_job.ts";

/** An outcome and how long it took; 0 where nothing was run. */
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
   * Looks at a module as the gate does, and has it ready for runs.
   *
   * @param key Names the job and all of it: same key, same job.
   * @returns Why it cannot run, or null.
   */
  readonly load: (key: string, job: CheckJob) => Promise<CheckFailure | null>;
  /**
   * Runs a check, loading it first where the worker does not have it. Never rejects: whatever goes
   * wrong is a failed outcome, and comes within the job's deadlines and two seconds of waiting.
   *
   * @param request See encodeCheckRequest.
   */
  readonly run: (key: string, job: CheckJob, request: Uint8Array) => Promise<TimedOutcome>;
  readonly status: () => SandboxStatus;
  /** Ends every process of it and waits until they are gone. */
  readonly close: () => Promise<void>;
}
