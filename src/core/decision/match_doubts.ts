/**
 * What is not known of an operation, one finding for each kind: a line of doubts for every word of
 * a long command would hide what else there is to say.
 *
 * @module
 */
import type { Doubt, EffectPlan } from "../operation/effect_plan.ts";
import type { Operation } from "../operation/operation.ts";
import type { Policy } from "../policy/policy.ts";
import type { Finding } from "./decision.ts";

/** What doubts are judged with, beside the operation. */
export interface DoubtScope {
  readonly plan: EffectPlan;
  readonly policy: Policy;
  /** Limits that could not be measured and count as unverified; dotted ids. */
  readonly unmeasured: readonly string[];
  /** Kinds a rule speaks about, by rules that release. */
  readonly released: ReadonlySet<Doubt["kind"]>;
}

/** Reasons a message quotes; the rest is counted. */
const maxReasons = 3;

/** Findings of type and doubts: none, or one of each kind. */
export function matchDoubts(operation: Operation, scope: DoubtScope): readonly Finding[] {
  if (!scope.plan.isTypeKnown) return [unknownType(operation)];
  return [...matchUnverified(operation, scope), ...matchOpaque(operation, scope)];
}

function unknownType({ type }: Operation): Finding {
  return {
    policy: "operations.custom",
    code: "operation_unknown",
    severity: "HIGH",
    message: `Operation type "${type}" is unknown: wanted one of "sealward help operations" ` +
      "or a name under operations.custom",
    sourceKey: null,
    verdict: "deny",
    overridable: true,
  };
}

function matchUnverified({ type }: Operation, scope: DoubtScope): readonly Finding[] {
  const { policy, unmeasured } = scope;
  const reasons = [
    ...(unmeasured.length === 0 ? [] : [`nothing measures ${unmeasured.join(", ")}`]),
    ...reasonsOf(scope, "unverified"),
    ...(policy.guardsReads ? reasonsOf(scope, "unknown_read") : []),
  ];
  if (reasons.length === 0) return [];
  return [{
    policy: "enforcement.on_unverified",
    code: "operation_unverified",
    severity: "HIGH",
    message: `What this ${type} would do cannot be verified: ${listReasons(reasons)}`,
    sourceKey: "enforcement.on_unverified",
    verdict: policy.enforcement.onUnverified,
    overridable: true,
  }];
}

function matchOpaque({ type }: Operation, scope: DoubtScope): readonly Finding[] {
  const { opaque } = scope.policy.commands;
  const reasons = reasonsOf(scope, "opaque");
  if (opaque === "allow" || reasons.length === 0) return [];
  return [{
    policy: "commands.opaque",
    code: "command_opaque",
    severity: "MEDIUM",
    message: `It is known what this ${type} runs, not what that does: ${listReasons(reasons)}`,
    sourceKey: "commands.opaque",
    verdict: opaque,
    overridable: true,
  }];
}

function reasonsOf({ plan, released }: DoubtScope, kind: Doubt["kind"]): readonly string[] {
  if (released.has(kind)) return [];
  return plan.doubts.filter((doubt) => doubt.kind === kind).map(({ reason }) => reason);
}

function listReasons(reasons: readonly string[]): string {
  const distinct = [...new Set(reasons)];
  const said = distinct.slice(0, maxReasons).join("; ");
  const more = distinct.length - maxReasons;
  return more > 0 ? `${said}; and ${more} more` : said;
}
