/**
 * What must be right with a policy before it comes into force. Loads both YAML readers.
 *
 * @module
 */
import { EngineError, parseErrorCode } from "../errors.ts";
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { findBudgetFault } from "./find_budget_fault.ts";
import { lintPolicy } from "./lint_policy.ts";
import { loadPolicy } from "./load_policy.ts";

/** Refuses what lintPolicy refuses: only both parsers together may let a policy in force. */
export function refuseFaulty(shown: PolicySnapshot): void {
  const bytes = shown.files.get(policyFile) ?? new Uint8Array();
  const fault = lintPolicy(bytes, policyFile).findings.find(({ severity }) => severity === "error");
  if (fault !== undefined) {
    throw new EngineError(parseErrorCode(fault.code) ?? "policy_invalid", fault.message, {
      ...(fault.location === null ? {} : { location: fault.location }),
      ...(fault.hint === null ? {} : { hint: fault.hint }),
    });
  }
  const budgetFault = findBudgetFault(shown);
  if (budgetFault !== null) throw budgetFault;
  // Beside its text: inputs that this version cannot honour.
  loadPolicy(shown);
}
