/**
 * A module's way in: gate, meter, compiler, host. Nothing else makes a check that runs.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckAbi, CheckJob, LoadedCheck } from "../core/check/check_job.ts";
import type { Abi } from "./abi/abi_host.ts";
import { nativeAbi } from "./abi/run_native.ts";
import { wasiAbi } from "./abi/run_wasi.ts";
import type { MeteredModule } from "./metered.ts";
import { runCheck } from "./run_check.ts";

/** Null: this build has no host of it. */
const abis: Readonly<Record<CheckAbi, Abi | null>> = {
  "opa-1": null,
  "wasi-cmd": wasiAbi,
  "native-1": nativeAbi,
};

/**
 * Opens a module; each run of what it returns has an instance of its own.
 *
 * @throws {CheckFailure} The module is not one that may run, with the byte where that shows.
 */
export function loadCheck(_job: CheckJob): LoadedCheck {
  throw new CheckFailure("sandbox_unavailable", "Cannot load a check: gate and meter are missing");
}

/** The part behind the meter. */
export function openCheck(metered: MeteredModule, job: CheckJob): LoadedCheck {
  const abi = abis[job.abi];
  if (abi === null) {
    throw new CheckFailure("sandbox_unavailable", `Cannot load a check: no host for ${job.abi}`);
  }
  const host = abi.createHost(metered, job);
  return { run: (request) => runCheck({ job, abi, metered, host }, request) };
}
