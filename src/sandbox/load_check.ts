/**
 * A module's way in: gate, meter, compiler, host. Nothing else makes a check that runs.
 *
 * @module
 */
import type { CheckAbi, CheckJob, LoadedCheck } from "../core/check/check_job.ts";
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { Abi } from "./abi/abi_host.ts";
import type { AbiSignatures } from "./abi_signatures.ts";
import { nativeAbi } from "./abi/run_native.ts";
import { opaAbi } from "./abi/run_opa.ts";
import { wasiAbi } from "./abi/run_wasi.ts";
import type { DecodedModule } from "./decoded_module.ts";
import { exportStart } from "./export_start.ts";
import { gateModule } from "./gate_module.ts";
import { meterModule } from "./meter_module.ts";
import { clampSizes } from "./meter/clamp_sizes.ts";
import { type MemoryUse, uncounted } from "./memory_account.ts";
import { createMetered, type MemorySizes } from "./metered.ts";
import { moduleLimits } from "./module_limits.ts";
import { runCheck } from "./run_check.ts";

const abis: Readonly<Record<CheckAbi, Abi>> = {
  "opa-1": opaAbi,
  "wasi-cmd": wasiAbi,
  "native-1": nativeAbi,
};

/** What the gate holds a module of each ABI against. */
export const hostedSignatures: readonly AbiSignatures[] = Object.values(abis)
  .flatMap((abi) => abi?.signatures ?? []);

/**
 * Opens a module; each run of what it returns has an instance of its own.
 *
 * @param memory Told what that takes.
 * @throws {CheckFailure} The module is not one that may run, with the byte where that shows.
 */
export function loadCheck(job: CheckJob, memory: MemoryUse = uncounted): LoadedCheck {
  const abi = abis[job.abi];
  const { limits } = job;
  const decoded = gateModule(unshared(job.module), { limits, signatures: abi.signatures });
  memory.compiles(decoded.codeWeight);
  const bytes = meterModule(decoded, { limits });
  const { start } = decoded;
  const exported = start === null ? bytes : exportStart(bytes, start);
  const metered = createMetered(exported, importedMemory(decoded, limits));
  const host = abi.createHost(metered, job, memory);
  return { run: (request) => runCheck({ job, abi, metered, host, memory }, request) };
}

/** As the meter clamped it. */
function importedMemory(decoded: DecodedModule, { memoryPages }: CheckLimits): MemorySizes | null {
  const { tableEntries } = moduleLimits;
  const { memories } = clampSizes(decoded, { memoryPages, tableEntries });
  const isImported = decoded.imports.some(({ thing }) => thing.kind === "memory");
  const [memory] = decoded.memories;
  const [maximum] = memories;
  if (!isImported || memory === undefined || maximum === undefined) return null;
  return { initial: memory.limits.minimum, maximum };
}

/** SECURITY: bytes another thread can write to would be others once they have been looked at. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
}
