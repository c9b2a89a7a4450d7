/**
 * What the linter found, as the failure it is.
 *
 * @module
 */
import { EngineError, parseErrorCode } from "../../../core/errors.ts";
import type { LintFinding } from "../../../core/policy/lint_policy.ts";

/** The first error among the findings, with its place in the text. */
export function toPolicyError(findings: readonly LintFinding[]): EngineError {
  const fault = findings.find(({ severity }) => severity === "error");
  if (fault === undefined) return new EngineError("internal", "A policy was refused for nothing");
  return new EngineError(parseErrorCode(fault.code) ?? "policy_invalid", fault.message, {
    ...(fault.location === null ? {} : { location: fault.location }),
    ...(fault.hint === null ? {} : { hint: fault.hint }),
  });
}
