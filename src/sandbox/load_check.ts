/**
 * A module's way in: gate, meter, compiler, host. Nothing else makes a check that runs.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckJob, LoadedCheck } from "../core/check/check_job.ts";

/**
 * Opens a module; each run of what it returns has an instance of its own.
 *
 * @throws {CheckFailure} The module is not one that may run, with the byte where that shows.
 */
export function loadCheck(_job: CheckJob): LoadedCheck {
  throw new CheckFailure("sandbox_unavailable", "Cannot load a check: gate and meter are missing");
}
