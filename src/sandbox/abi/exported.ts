/**
 * Exports of an instance by name and kind. The gate has seen to their types; this is for the type
 * checker, and for the day it has not.
 *
 * @module
 */
import { CheckFailure } from "../../core/check/check_failure.ts";

export type ExportedFunction = (...args: readonly (number | bigint)[]) => unknown;

/** @throws {CheckFailure} `invalid_module` */
export function exportedFunction(instance: WebAssembly.Instance, name: string): ExportedFunction {
  return optionalFunction(instance, name) ?? refuse(name, "function");
}

/** Null: there is none of that name. */
export function optionalFunction(
  instance: WebAssembly.Instance,
  name: string,
): ExportedFunction | null {
  const found = instance.exports[name];
  return typeof found === "function" ? found as ExportedFunction : null;
}

/** @throws {CheckFailure} `invalid_module` */
export function exportedMemory(instance: WebAssembly.Instance): WebAssembly.Memory {
  const found = instance.exports["memory"];
  return found instanceof WebAssembly.Memory ? found : refuse("memory", "memory");
}

function refuse(name: string, kind: string): never {
  throw new CheckFailure("invalid_module", `Module exports no ${kind} "${name}"`);
}
