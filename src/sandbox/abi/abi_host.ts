/**
 * What a host of an ABI is: the only thing a module can call, and the only one that calls it.
 *
 * @module
 */
import type { CheckJob, CheckViolation } from "../../core/check/check_job.ts";
import type { AbiSignatures } from "../abi_signatures.ts";
import type { MemoryUse } from "../memory_account.ts";
import type { MeteredModule } from "../metered.ts";

/** Bytes a run gave: the host's own copy, nothing the module can still change. */
export interface HostAnswer {
  /** At most limits.outputBytes. */
  readonly output: Uint8Array;
  /** What it printed beside, cut to limits.logBytes. */
  readonly log: Uint8Array;
}

/** The fuel of one run. A host asks it for the instance, and pays for its own work with it. */
export interface Spending {
  /**
   * Makes the instance of this run and runs its start section, on limits.startFuel.
   *
   * @param imports Plain functions only; frozen objects without a prototype.
   * @throws {CheckFailure} Or whatever the start section throws.
   */
  readonly start: (imports: WebAssembly.Imports) => WebAssembly.Instance;
  /** The request is handed over: from here on limits.fuel and limits.fuelPerInputByte count. */
  readonly handOver: () => void;
  /**
   * Takes fuel for what the host does, so that a module cannot make it work for nothing.
   *
   * @throws {CheckFailure} `fuel_exhausted`, when there is less left; it passes through the module.
   */
  readonly charge: (units: number) => void;
}

/** Made once for a module, before any request. */
export interface AbiHost {
  /**
   * Bytes of the response JSON, or of the OPA result.
   *
   * @param request At most limits.inputBytes.
   * @throws {CheckFailure} Or whatever the module's trap throws: load_check.ts tells them apart.
   */
  readonly run: (request: Uint8Array, spend: Spending) => HostAnswer;
}

/** One ABI, as load_check.ts needs it. */
export interface Abi {
  readonly signatures: AbiSignatures;
  /**
   * @param memory Told what asking the module itself takes.
   * @throws {CheckFailure} What the module wants of its host is not to be had.
   */
  readonly createHost: (metered: MeteredModule, job: CheckJob, memory: MemoryUse) => AbiHost;
  /** @throws {CheckFailure} `bad_output`. */
  readonly parseOutput: (output: Uint8Array, job: CheckJob) => readonly CheckViolation[];
}
