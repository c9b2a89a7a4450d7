/**
 * What one run of a check may take: defaults, and ceilings no policy goes above.
 *
 * @module
 */

export interface CheckLimits {
  /** Bytes of the module. */
  readonly moduleBytes: number;
  /** Bytes of the request, of the response, and of what it prints beside. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly logBytes: number;
  /** Units of fuel (sandbox/SPEC.md, "Fuel"), and more for each byte of the request. */
  readonly fuel: number;
  readonly fuelPerInputByte: number;
  /** Before the request is handed over: start section, `_initialize`, loading of data. */
  readonly startFuel: number;
  /** Pages of 64 KiB. */
  readonly memoryPages: number;
  /** Nested calls. */
  readonly callDepth: number;
  /** Wall time of a run, and of loading a module. */
  readonly deadlineMs: number;
  readonly loadDeadlineMs: number;
}

export const defaultCheckLimits: CheckLimits = {
  moduleBytes: 2_097_152,
  inputBytes: 262_144,
  outputBytes: 65_536,
  logBytes: 4_096,
  fuel: 10_000_000,
  fuelPerInputByte: 500,
  startFuel: 2_000_000,
  memoryPages: 512,
  callDepth: 2_000,
  deadlineMs: 250,
  loadDeadlineMs: 5_000,
};

export const checkCeilings: CheckLimits = {
  moduleBytes: 8_388_608,
  inputBytes: 4_194_304,
  outputBytes: 1_048_576,
  logBytes: 65_536,
  fuel: 2_000_000_000,
  fuelPerInputByte: 10_000,
  startFuel: 50_000_000,
  memoryPages: 4_096,
  callDepth: 8_000,
  deadlineMs: 5_000,
  loadDeadlineMs: 60_000,
};
