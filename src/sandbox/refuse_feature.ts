/**
 * Names what a module uses that checks may not: each proposal adds something to bound, and none of
 * these is needed to read a request and to write an answer.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";

export const refusedFeatures = {
  threads: "threads and shared memory (a wait spends no instructions)",
  memory64: "64-bit memories and tables",
  multiMemory: "more than one memory",
  pageSizes: "memories with pages of another size",
  exceptions: "exceptions",
  gc: "garbage-collected types",
  functionReferences: "typed function references",
  tailCalls: "tail calls",
  relaxedSimd: "relaxed SIMD (its results depend on the machine)",
  stringref: "string references",
  stackSwitching: "stack switching",
  extendedConstants: "computed constants",
  wideArithmetic: "wide arithmetic",
  linking: "a custom section that is to be linked or steers the compiler",
  unknown: "something WebAssembly 2.0 does not know",
} as const;
export type RefusedFeature = keyof typeof refusedFeatures;

export function refuseFeature(
  feature: RefusedFeature,
  what: string,
  offset: number,
): CheckFailure {
  const message = `${what}: got ${refusedFeatures[feature]}, wanted WebAssembly 2.0 without it`;
  return new CheckFailure("feature_refused", message, offset);
}

export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
