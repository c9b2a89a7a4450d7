/**
 * A module's way in: gate, meter, compiler, host. Nothing else makes a check that runs.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckAbi, CheckJob, LoadedCheck } from "../core/check/check_job.ts";
import type { Abi } from "./abi/abi_host.ts";
import type { AbiSignatures } from "./abi_signatures.ts";
import { nativeAbi } from "./abi/run_native.ts";
import { wasiAbi } from "./abi/run_wasi.ts";
import { exportStart } from "./export_start.ts";
import { gateModule } from "./gate_module.ts";
import { meterModule } from "./meter_module.ts";
import { createMetered } from "./metered.ts";
import { runCheck } from "./run_check.ts";

/** Null: this build has no host of it. */
const abis: Readonly<Record<CheckAbi, Abi | null>> = {
  "opa-1": null,
  "wasi-cmd": wasiAbi,
  "native-1": nativeAbi,
};

/** What the gate holds a module of each ABI against. */
export const hostedSignatures: readonly AbiSignatures[] = Object.values(abis)
  .flatMap((abi) => abi?.signatures ?? []);

/**
 * Opens a module; each run of what it returns has an instance of its own.
 *
 * @throws {CheckFailure} The module is not one that may run, with the byte where that shows.
 */
export function loadCheck(job: CheckJob): LoadedCheck {
  const abi = abis[job.abi];
  if (abi === null) {
    throw new CheckFailure("sandbox_unavailable", `Cannot load a check: no host for ${job.abi}`);
  }
  const { limits } = job;
  const decoded = gateModule(unshared(job.module), { limits, signatures: abi.signatures });
  const bytes = meterModule(decoded, { limits });
  const { start } = decoded;
  const metered = createMetered(start === null ? bytes : exportStart(bytes, start));
  const host = abi.createHost(metered, job);
  return { run: (request) => runCheck({ job, abi, metered, host }, request) };
}

/** SECURITY: bytes another thread can write to would be others once they have been looked at. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
}
