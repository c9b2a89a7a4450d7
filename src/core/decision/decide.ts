/**
 * Facts and policy in, judgement out. Pure and total; laws D1-D6 (SPEC.md).
 *
 * @module
 */
import type { Effect } from "../operation/effect.ts";
import type { Doubt, EffectPlan } from "../operation/effect_plan.ts";
import type { Operation } from "../operation/operation.ts";
import { type Policy, severities, type Severity } from "../policy/policy.ts";
import type { Finding, Judgement, Verdict } from "./decision.ts";
import type { Facts } from "./facts.ts";
import { matchPath, unresolvable } from "./match_paths.ts";
import { measureLimits } from "./measure_limits.ts";

/** Everything a decision depends on; nothing else may influence it (law D5). */
export interface Question {
  readonly operation: Operation;
  readonly plan: EffectPlan;
  readonly policy: Policy;
  readonly facts: Facts;
  /** `protected_files` leaves limits, operations and the default aside. */
  readonly scope: "policy" | "protected_files";
}

/**
 * Decides one operation under a trusted policy, deny first.
 *
 * @returns `deny` when any finding denies, else `ask` when any asks, else `allow`. In observe mode
 *   and with enforcement off only findings that no approval could lift still count.
 */
export function decide(question: Question): Judgement {
  const { policy } = question;
  const paths = matchPaths(question);
  if (question.scope === "protected_files") {
    const findings = [...paths.filter(speaksOfProtection), ...hiddenFiles(question)];
    return judge(unique(findings), [], policy);
  }
  const limits = measureLimits(question.operation, question.facts, {
    policy,
    verbs: new Set(onPaths(question.plan).map(({ verb }) => verb)),
  });
  const findings = [
    ...matchOperation(question),
    ...paths,
    ...limits.findings,
  ];
  const isDenied = findings.some(({ verdict }) => verdict === "deny");
  if (policy.enforcement.default === "deny" && !isDenied) findings.push(defaultDeny);
  return judge(unique(findings), limits.unmeasured, policy);
}

function matchPaths({ plan, facts, policy }: Question): readonly Finding[] {
  return onPaths(plan).flatMap((effect) => {
    const fact = facts.paths.get(effect.resource);
    // SECURITY: what nobody looked at is not what nothing speaks against.
    if (fact === undefined) return [unresolvable(effect, "nobody looked")];
    return matchPath(effect, fact, policy);
  });
}

function onPaths({ effects }: EffectPlan): readonly Effect[] {
  return effects.filter(({ kind }) => kind === "path");
}

// What cannot be resolved or looked through may be a protected file: it counts as one.
function speaksOfProtection({ code }: Finding): boolean {
  return code !== "path_outside_root";
}

/**
 * A command or a diff that cannot be read may change any file. A tool may as well, but the question
 * is then about the files the caller names beside it.
 */
function hiddenFiles({ operation, plan, policy }: Question): readonly Finding[] {
  const { type, command, diff } = operation;
  const isPlainTool = type === "tool_call" && command === null && diff === null;
  return isPlainTool ? [] : matchDoubts(operation, plan, policy);
}

/** A judgement that says only: the policy on disk is not one a human trusts. */
export function decideUntrusted(
  status: "unaccepted" | "tampered",
  message: string,
): Judgement {
  const finding: Finding = {
    policy: "builtin.integrity",
    code: status === "tampered" ? "policy_tampered" : "policy_unaccepted",
    severity: "CRITICAL",
    message,
    sourceKey: null,
    verdict: "deny",
    overridable: false,
  };
  return {
    verdict: "deny",
    overridable: false,
    severity: "CRITICAL",
    findings: [finding],
    unmeasured: [],
    wouldDeny: false,
    mode: "enforce",
    notices: [],
  };
}

const defaultDeny: Finding = {
  policy: "enforcement.default",
  code: "default_deny",
  severity: "MEDIUM",
  message: "Nothing in the policy allows this, and its default is deny",
  sourceKey: "enforcement.default",
  verdict: "deny",
  overridable: true,
};

function matchOperation({ operation, plan, policy }: Question): readonly Finding[] {
  const findings: Finding[] = [];
  policy.protectedOperations.forEach((guarded, index) => {
    const effect = plan.effects.find(({ verb }) => guarded.verbs.includes(verb));
    if (effect === undefined && !guarded.types.includes(operation.type)) return;
    const what = effect === undefined ? "" : `: it would ${effect.verb} "${effect.resource}"`;
    findings.push({
      ...defaultDeny,
      policy: "protected.operations",
      code: "operation_protected",
      severity: "HIGH",
      message: `Operation ${operation.type} is protected as "${guarded.name}"${what}`,
      ...(effect === undefined ? {} : {
        effect: { verb: effect.verb, resource: effect.resource },
      }),
      pattern: guarded.name,
      sourceKey: `protected.operations.${index}`,
    });
  });
  return [...findings, ...matchDoubts(operation, plan, policy)];
}

function matchDoubts(
  operation: Operation,
  { isTypeKnown, doubts }: EffectPlan,
  policy: Policy,
): readonly Finding[] {
  if (!isTypeKnown) return [unknownType(operation)];
  const [doubt] = doubts;
  return doubt === undefined ? [] : [unverified(operation, doubt, policy)];
}

function unknownType({ type }: Operation): Finding {
  return {
    ...defaultDeny,
    policy: "operations.custom",
    code: "operation_unknown",
    severity: "HIGH",
    message: `Operation type "${type}" is unknown: wanted one of "sealward help operations" ` +
      "or a name under operations.custom",
    sourceKey: null,
  };
}

function unverified({ type }: Operation, { reason }: Doubt, policy: Policy): Finding {
  return {
    ...defaultDeny,
    policy: "enforcement.on_unverified",
    code: "operation_unverified",
    severity: "HIGH",
    message: `What this ${type} would do cannot be verified: ${reason}`,
    sourceKey: "enforcement.on_unverified",
    verdict: policy.enforcement.onUnverified,
  };
}

// Order and duplicates of files or patterns must not show (law D3).
function unique(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const key = [finding.policy, finding.code, finding.effect?.verb, finding.effect?.resource];
    if (!byKey.has(JSON.stringify(key))) byKey.set(JSON.stringify(key), finding);
  }
  return [...byKey.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, finding]) => finding)
    .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}

function judge(
  findings: readonly Finding[],
  unmeasured: readonly string[],
  policy: Policy,
): Judgement {
  const mode = policy.enforcement.enabled ? policy.enforcement.mode : "disabled";
  const full = worstVerdict(findings);
  // SECURITY: watching must never open the engine's own files, or observing ends by an edit.
  const inForce = mode === "enforce" ? findings : findings.filter((f) => !f.overridable);
  const verdict = worstVerdict(inForce);
  return {
    verdict,
    overridable: verdict !== "allow" && inForce.every((finding) => finding.overridable),
    severity: worstSeverity(findings),
    findings,
    unmeasured,
    wouldDeny: full !== verdict,
    mode,
    notices: weakenings(policy),
  };
}

function worstVerdict(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "deny")) return "deny";
  return findings.length > 0 ? "ask" : "allow";
}

function worstSeverity(findings: readonly Finding[]): Severity {
  const worst = Math.max(0, ...findings.map(({ severity }) => severities.indexOf(severity)));
  return severities[worst] ?? "CRITICAL";
}

function weakenings(policy: Policy): readonly string[] {
  const { enabled, failClosed, mode } = policy.enforcement;
  const notices: string[] = [];
  if (!enabled) {
    notices.push("enforcement.enabled is false: only the engine's own files are guarded");
  } else if (mode === "observe") {
    notices.push("enforcement.mode is observe: only the engine's own files are guarded");
  }
  if (!failClosed) {
    notices.push("enforcement.fail_closed is false: tampering and log failures still deny");
  }
  return notices;
}
