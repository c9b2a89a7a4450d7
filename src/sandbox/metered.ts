/**
 * A metered module, compiled, and what its instances have left.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { depthName, fuelName, meterPrefix } from "./meter/meter_names.ts";

export type ImportName = WebAssembly.ModuleImportDescriptor;
export type ExportKind = WebAssembly.ImportExportKind;

export interface MeteredModule {
  readonly module: WebAssembly.Module;
  readonly imports: readonly ImportName[];
  /** Those of the original: the meter's own are not among them. */
  readonly exports: ReadonlyMap<string, ExportKind>;
  /** What the memory it imports has to be, in pages of 64 KiB; null: it imports none. */
  readonly memory: MemorySizes | null;
}

export interface MemorySizes {
  readonly initial: number;
  /** No more than the policy's `memoryPages`. */
  readonly maximum: number;
}

/**
 * Validates and compiles what meterModule() wrote.
 *
 * @throws {CheckFailure} `invalid_module` where that is not valid: a fault of the meter, which no
 *   module may profit from; `limit_exceeded` where it is more than the compiler takes.
 */
export function createMetered(
  bytes: Uint8Array<ArrayBuffer>,
  memory: MemorySizes | null = null,
): MeteredModule {
  if (!WebAssembly.validate(bytes)) {
    throw new CheckFailure("invalid_module", "metered module: got one that does not validate");
  }
  const module = compile(bytes);
  const exports = WebAssembly.Module.exports(module)
    .filter(({ name }) => !name.startsWith(meterPrefix))
    .map(({ name, kind }) => [name, kind] as const);
  return { module, imports: WebAssembly.Module.imports(module), exports: new Map(exports), memory };
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    throw new CheckFailure("limit_exceeded", "metered module: got more than can be compiled");
  }
}

/** @param units Not negative, less than 2 to the 53. */
export function setFuel(instance: WebAssembly.Instance, units: number): void {
  meterOf(instance, fuelName).value = BigInt(units);
}

/** Negative: the instance ran out of it, and trapped. */
export function fuelLeft(instance: WebAssembly.Instance): number {
  return Number(meterOf(instance, fuelName).value);
}

/** @param units Of stack: see meter/frame_weight.ts. */
export function setDepth(instance: WebAssembly.Instance, units: number): void {
  meterOf(instance, depthName).value = units;
}

/** Negative: the instance ran out of it, and trapped. */
export function depthLeft(instance: WebAssembly.Instance): number {
  return Number(meterOf(instance, depthName).value);
}

function meterOf(instance: WebAssembly.Instance, name: string): WebAssembly.Global {
  const meter = instance.exports[name];
  if (meter instanceof WebAssembly.Global) return meter;
  throw new Error(`instance without ${name}: wanted one of a metered module`);
}
