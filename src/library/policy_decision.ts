/**
 * The guide's PolicyDecision, with everything the engine knows beside its four fields.
 *
 * @module
 */
import type { Decision, OverrideNote, Verdict, Violation } from "../core/decision/decision.ts";
import { EngineError } from "../core/errors.ts";
import type { Severity } from "../core/policy/policy.ts";

/** Result of policy evaluation. `allowed` is true only after the decision is durable. */
export interface PolicyDecision {
  readonly allowed: boolean;
  readonly violatedPolicies: readonly string[];
  readonly reason: string;
  readonly severity: Severity;
  readonly decision: Verdict;
  readonly overridable: boolean;
  readonly violations: readonly Violation[];
  /** Dotted ids of limits nothing could be measured for. */
  readonly unmeasured: readonly string[];
  readonly wouldDeny: boolean;
  readonly mode: Decision["mode"];
  readonly notices: readonly string[];
  readonly decisionId: string;
  readonly operationDigest: string;
  readonly policyDigest: string;
  readonly stateDigest: string;
  /** How a person may lift it, or how one did; null where neither is so. */
  readonly override: OverrideNote | null;
  readonly audit: Decision["audit"];
}

/** Wire form to the guide's names in camelCase. */
export function toPolicyDecision(decision: Decision): PolicyDecision {
  return {
    allowed: decision.allowed,
    violatedPolicies: decision.violated_policies,
    reason: decision.reason,
    severity: decision.severity,
    decision: decision.decision,
    overridable: decision.overridable,
    violations: decision.violations,
    unmeasured: decision.unmeasured,
    wouldDeny: decision.would_deny === true,
    mode: decision.mode,
    notices: decision.notices ?? [],
    decisionId: decision.decision_id,
    operationDigest: decision.operation_digest,
    policyDigest: decision.policy_digest,
    stateDigest: decision.state_digest,
    override: decision.override ?? null,
    audit: decision.audit,
  };
}

/** What `guard` throws instead of running the function: denied, or a human has to be asked. */
export class OperationDeniedError extends EngineError {
  readonly decision: PolicyDecision;

  constructor(decision: PolicyDecision) {
    super("operation_denied", decision.reason, hintOf(decision));
    this.name = "OperationDeniedError";
    this.decision = decision;
  }
}

function hintOf({ override }: PolicyDecision): { readonly hint?: string } {
  if (override?.status !== "offered") return {};
  const { request_id: id, expires_at: end } = override;
  return { hint: `a person may approve request ${id} until ${end}: await requireHumanOverride()` };
}
