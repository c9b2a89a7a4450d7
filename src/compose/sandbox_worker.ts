/**
 * The program as a sandbox starts it, to run checks. Loads nothing else.
 *
 * @module
 */
import { loadCheck } from "../sandbox/load_check.ts";
import { runWorkerRole } from "../sandbox/worker_role.ts";

/** @returns Exit status. */
export function playWorker(): number {
  return runWorkerRole(loadCheck);
}
