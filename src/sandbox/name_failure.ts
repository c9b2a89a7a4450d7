/**
 * What went wrong while a module ran, as a code.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { RunSpending } from "./run_spending.ts";

/** @param thrown Whatever came out of the module or its host. */
export function nameFailure(thrown: unknown, spending: RunSpending): CheckFailure {
  if (thrown instanceof CheckFailure) return thrown;
  const exhausted = spending.exhausted();
  if (exhausted === "fuel_exhausted") return new CheckFailure(exhausted, "Fuel ran out");
  // V8's own stack may end first: big frames.
  if (exhausted === "stack_exhausted" || thrown instanceof RangeError) {
    return new CheckFailure("stack_exhausted", "Calls went too deep");
  }
  if (thrown instanceof WebAssembly.RuntimeError) {
    return new CheckFailure("trap", `Module trapped: ${thrown.message}`);
  }
  if (thrown instanceof WebAssembly.LinkError) {
    return new CheckFailure("import_refused", `Module does not link: ${thrown.message}`);
  }
  return new CheckFailure("sandbox_crash", `The sandbox failed: ${String(thrown)}`);
}
