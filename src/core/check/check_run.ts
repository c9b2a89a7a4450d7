/**
 * What came of asking a check about an operation, as a decision is made on it.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { CheckOutcome, CheckViolation } from "./check_job.ts";
import { type CheckFailureCode, checkFailureCodes } from "./check_failure.ts";
import type { CheckIsolation } from "./check_spec.ts";

/** Characters of a violation's message that are told and kept. */
const maxMessageCharacters = 400;
/** Of one check. */
const maxViolations = 100;

export type CheckRun =
  | {
    readonly status: "ok";
    readonly violations: readonly CheckViolation[];
    readonly fuel: number;
  }
  | {
    readonly status: "failed";
    readonly code: CheckFailureCode;
    readonly message: string;
    readonly fuel: number;
  }
  /** Nobody runs checks here, and says so: a policy test without a sandbox. */
  | { readonly status: "not_run" };

/** How and where it was run, for the entry. */
export interface RunFacts {
  readonly isolation: CheckIsolation;
  readonly wallMicros: number;
}

/** SECURITY: texts of a check are anybody's; they come no further as they are. */
export function toCheckRun(outcome: CheckOutcome): CheckRun {
  const { fuel } = outcome;
  if (outcome.status === "failed") return failedRun(outcome.code, outcome.message, fuel);
  if (outcome.violations.length > maxViolations) {
    return failedRun("bad_output", `more than ${maxViolations} violations`, fuel);
  }
  const violations = outcome.violations.map((violation) => {
    return { ...violation, message: oneLine(violation.message, maxMessageCharacters) };
  });
  return { status: "ok", violations, fuel };
}

/** A failure, with its message as it may be shown. */
export function failedRun(code: CheckFailureCode, message: string, fuel = 0): CheckRun {
  const known = checkFailureCodes.includes(code) ? code : "bad_output";
  return { status: "failed", code: known, message: oneLine(message, maxMessageCharacters), fuel };
}
