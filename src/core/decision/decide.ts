/**
 * Facts and policy in, judgement out. Pure and total; laws D1-D6 (SPEC.md).
 *
 * @module
 */
import type { Effect } from "../operation/effect.ts";
import type { Doubt } from "../operation/effect_plan.ts";
import type { Operation } from "../operation/operation.ts";
import type { Policy, Rule } from "../policy/policy.ts";
import type { Finding, Judgement } from "./decision.ts";
import { findReleases, noReleases, type Releases } from "./find_releases.ts";
import { matchBudgets } from "./match_budgets.ts";
import { type CheckFindings, findByChecks } from "./match_checks.ts";
import { createConcerns } from "./match_condition.ts";
import { matchDoubts } from "./match_doubts.ts";
import { matchPath, unresolvable } from "./match_paths.ts";
import { matchRules, type RuleOutcome } from "./match_rules.ts";
import { measureLimits } from "./measure_limits.ts";
import type { Question } from "./question.ts";
import { denialNotices, recallDenials } from "./recall_denials.ts";
import { weighFindings } from "./weigh_findings.ts";

export type { Question } from "./question.ts";

/**
 * Decides one operation under a trusted policy, deny first.
 *
 * @returns `deny` when any finding denies, else `ask` when any asks, else `allow`. In observe mode
 *   and with enforcement off only findings that no approval could lift still count.
 */
export function decide(question: Question): Judgement {
  const { operation, plan, policy, facts } = question;
  if (question.scope === "protected_files") return decideProtection(question);
  const concerns = createConcerns(policy);
  const rules = policy.rules.length === 0 ? noRules : matchRules(question, concerns);
  const budgets = matchBudgets(question, concerns);
  const releases = findReleases(question, rules.releasing);
  const effects = plan.effects.filter(({ isPossible }) => isPossible !== true);
  const limits = measureLimits(operation, facts, { policy, effects });
  const checks = policy.checks.length === 0 ? noChecks : findByChecks(question, concerns);
  const unmeasured = [...budgets.unmeasured, ...limits.unmeasured, ...checks.unmeasured].sort();
  const findings = [
    ...matchOperation(operation, effects, policy),
    ...matchDoubts(operation, {
      plan,
      policy,
      released: releasedDoubts(releases),
      unmeasured: question.unmeasured === "unverified" ? unmeasured : [],
    }),
    ...matchPaths(question, releases),
    ...limits.findings,
    ...budgets.findings,
    ...checks.findings,
    ...question.definitions?.findings ?? [],
    ...rules.findings,
  ];
  const isDenied = findings.some(({ verdict }) => verdict === "deny");
  const isDefaultDeny = policy.enforcement.default === "deny" && !releases.hasAll;
  if (isDefaultDeny && !isDenied) findings.push(defaultDeny);
  return weighFindings(recallDenials(findings, question), policy, {
    unmeasured,
    warned: rules.warned.map(({ id }) => id),
    notices: [
      ...rules.warned.map(noticeOf),
      ...budgets.notices,
      ...denialNotices(question),
    ],
    observed: rules.observed,
    ...(budgets.counted === null ? {} : { counted: budgets.counted }),
  });
}

const noChecks: CheckFindings = { findings: [], unmeasured: [] };
const noRules: RuleOutcome = { findings: [], observed: [], warned: [], releasing: [] };

function noticeOf({ id, reason, description }: Rule): string {
  return `rule ${id}: ${reason ?? description ?? "it warns about this operation"}`;
}

function releasedDoubts({ hasTools, hasCommand }: Releases): ReadonlySet<Doubt["kind"]> {
  if (hasTools) return toolDoubts;
  return hasCommand ? commandDoubts : noDoubts;
}

// A bare call of a tool has no other doubt; those of a command about what it runs stay.
const toolDoubts: ReadonlySet<Doubt["kind"]> = new Set(["unverified"]);
const commandDoubts: ReadonlySet<Doubt["kind"]> = new Set(["opaque"]);
const noDoubts: ReadonlySet<Doubt["kind"]> = new Set();

/** The one question of the library: would this change a protected file? */
function decideProtection(question: Question): Judgement {
  const paths = matchPaths(question, noReleases).filter(speaksOfProtection);
  const findings = [...paths, ...hiddenFiles(question)];
  return weighFindings(findings, question.policy, { unmeasured: [], warned: [], notices: [] });
}

function matchPaths(
  { plan, facts, policy }: Question,
  { hasPath }: Releases,
): readonly Finding[] {
  return plan.effects.filter(({ kind }) => kind === "path").flatMap((effect) => {
    const fact = facts.paths.get(effect.resource);
    // SECURITY: what nobody looked at is not what nothing speaks against.
    if (fact === undefined) return [unresolvable(effect, "nobody looked")];
    const findings = matchPath(effect, fact, policy);
    return findings.filter(({ code }) => !isOfPlace(code) || !hasPath(effect));
  });
}

// What cannot be resolved or looked through may be a protected file: it counts as one.
function speaksOfProtection({ code, policy, effect }: Finding): boolean {
  const isSecretRead = policy === "protected.secret_files" && effect?.verb === "read";
  return !isOfPlace(code) && !isSecretRead;
}

/** What is said of a place because nobody spoke of it. */
function isOfPlace(code: Finding["code"]): boolean {
  return code === "path_outside_root" || code === "path_special";
}

/**
 * A command or a diff that cannot be read may change any file. A tool may as well, but the question
 * is then about the files the caller names beside it.
 */
function hiddenFiles({ operation, plan, policy }: Question): readonly Finding[] {
  const { type, command, diff } = operation;
  const isPlainTool = type === "tool_call" && command === null && diff === null;
  if (isPlainTool) return [];
  return matchDoubts(operation, { plan, policy, released: noDoubts, unmeasured: [] });
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
    warned: [],
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

function matchOperation(
  operation: Operation,
  effects: readonly Effect[],
  policy: Policy,
): readonly Finding[] {
  const findings: Finding[] = [];
  policy.protectedOperations.forEach((guarded, index) => {
    const effect = effects.find(({ verb }) => guarded.verbs.includes(verb));
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
  return findings;
}
