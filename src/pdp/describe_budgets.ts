/**
 * What a principal has used of the policy's budgets. Loaded when somebody asks what is in force.
 *
 * @module
 */
import { sessionKey } from "../core/audit/outcome_key.ts";
import type { EngineState } from "../core/audit/state.ts";
import { listBudgets } from "../core/decision/list_budgets.ts";
import type { Principal } from "../core/operation/operation.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { EngineParts, PolicyStatus } from "./engine.ts";

/** Nothing where there is no budget, no trusted policy or nobody to ask about. */
export function describeBudgets(
  policy: Policy | null,
  { counted }: EngineState,
  { nowMicros, sha256, principal }: Pick<EngineParts, "nowMicros" | "sha256"> & {
    readonly principal: Principal | undefined;
  },
): Pick<PolicyStatus, "budgets"> {
  if (policy === null || policy.budgets.length === 0 || principal === undefined) return {};
  const now = Math.floor(nowMicros() / 1_000_000);
  return {
    budgets: listBudgets(policy, counted, { principal, session: sessionKey(null, sha256), now }),
  };
}
