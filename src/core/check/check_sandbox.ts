/**
 * Where checks run, as the engine sees it.
 *
 * @module
 */
import type { CheckJob, CheckOutcome } from "./check_job.ts";
import type { CheckIsolation } from "./check_spec.ts";

/** What came of a run, and what depends on the machine. */
export type SandboxOutcome = CheckOutcome & {
  readonly wallMicros: number;
  readonly isolation: CheckIsolation;
};

export interface CheckSandbox {
  /**
   * Runs a check on a request. Never rejects: what goes wrong is an outcome, and ends within the
   * job's deadlines.
   *
   * @param key Names the job and all of it; see checkMeaning. What was loaded under it is loaded.
   */
  readonly run: (key: string, job: CheckJob, request: Uint8Array) => Promise<SandboxOutcome>;
}

/** Starts or finds the sandbox of one kind; once for each. */
export type LoadSandbox = (isolation: CheckIsolation) => Promise<CheckSandbox>;
