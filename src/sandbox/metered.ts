/**
 * A module that pays for what it executes, and the two globals it pays from.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";

export interface ImportName {
  readonly module: string;
  readonly name: string;
}
export type ExportKind = "function" | "memory" | "table" | "global";

export interface MeteredModule {
  readonly module: WebAssembly.Module;
  readonly imports: readonly ImportName[];
  readonly exports: ReadonlyMap<string, ExportKind>;
}

const fuelExport = "sealward:fuel";
const depthExport = "sealward:depth";

/** Gives the instance `units` of fuel, whatever it had. */
export function setFuel(instance: WebAssembly.Instance, units: number): void {
  globalOf(instance, fuelExport).value = BigInt(units);
}

/** Negative: it ran out. */
export function fuelLeft(instance: WebAssembly.Instance): number {
  return Number(globalOf(instance, fuelExport).value);
}

export function setDepth(instance: WebAssembly.Instance, calls: number): void {
  globalOf(instance, depthExport).value = calls;
}

/** Negative: it called too deep. */
export function depthLeft(instance: WebAssembly.Instance): number {
  return Number(globalOf(instance, depthExport).value);
}

/** Runs what the module names as its start section, now that its fuel can be set and read. */
export function runStart(instance: WebAssembly.Instance): void {
  const start = instance.exports["sealward:start"];
  if (typeof start === "function") start();
}

function globalOf(instance: WebAssembly.Instance, name: string): WebAssembly.Global {
  const global = instance.exports[name];
  if (global instanceof WebAssembly.Global) return global;
  throw new CheckFailure("invalid_module", `Module is not metered: no global ${name}`);
}
