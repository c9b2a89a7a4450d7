/**
 * Which rules of the policy speak about an operation. policy/SPEC.md, "Rules".
 *
 * @module
 */
import type { Effect } from "../operation/effect.ts";
import type { Rule } from "../policy/policy.ts";
import type { Finding } from "./decision.ts";
import { hasHappened } from "./history.ts";
import { type Concerns, matchCondition, type Met } from "./match_condition.ts";
import type { Question } from "./question.ts";

export interface RuleOutcome {
  readonly findings: readonly Finding[];
  /** What rules that only observe would have found. */
  readonly observed: readonly Finding[];
  /** Rules that warn and matched, in the policy's order. */
  readonly warned: readonly Rule[];
  /** Rules that matched and do not deny: they may release what they name. */
  readonly releasing: readonly Rule[];
}

/** Matches every rule of the policy, in its order. */
export function matchRules(question: Question, concerns: Concerns): RuleOutcome {
  const found: { readonly rule: Rule; readonly finding: Finding }[] = [];
  const matched: Rule[] = [];
  question.policy.rules.forEach((rule, index) => {
    if (!isItsTime(rule, question)) return;
    const hasPlainCalls = rule.effect === "warn";
    const met = matchCondition(rule.match, question, { owner: index, concerns, hasPlainCalls });
    if (met === null) return;
    if (met.effect?.isPossible === true) {
      found.push(...opaque(rule, met.effect, question).map((finding) => ({ rule, finding })));
      return;
    }
    matched.push(rule);
    if (rule.effect !== "warn") found.push({ rule, finding: speak(rule, index, met, question) });
  });
  const findingsOf = (mode: Rule["mode"]) =>
    found.filter(({ rule }) => rule.mode === mode).map(({ finding }) => finding);
  return {
    findings: findingsOf("enforce"),
    observed: findingsOf("observe"),
    warned: matched.filter(({ effect }) => effect === "warn"),
    releasing: matched.filter(mayRelease),
  };
}

/** What went before is as the rule wants it. */
function isItsTime({ match: { after, without } }: Rule, { history }: Question): boolean {
  return (after === null || hasHappened(after, history) !== false) &&
    (without === null || hasHappened(without, history) !== true);
}

/**
 * SECURITY: conditions on what went before are read widely where they forbid; they must not open
 * anything. Nor must a rule that somebody is only trying out.
 */
function mayRelease({ effect, mode, match: { after, without } }: Rule): boolean {
  return effect !== "deny" && mode === "enforce" && after === null && without === null;
}

function speak(rule: Rule, index: number, { effect, pattern }: Met, question: Question): Finding {
  const verb = rule.effect === "deny" ? "denies" : "asks a person about";
  const what = effect === null ? "" : ` that would ${effect.verb} "${effect.resource}"`;
  const why = rule.reason ?? rule.description;
  return {
    policy: `rules.${rule.id}`,
    code: "rule_matched",
    severity: rule.severity,
    message: `Rule "${rule.id}" ${verb} a ${question.operation.type}${what}` +
      (why === null ? "" : `: ${why}`),
    ...(effect === null ? {} : { effect: { verb: effect.verb, resource: effect.resource } }),
    ...(pattern === null ? {} : { pattern }),
    sourceKey: `rules.${index}`,
    verdict: rule.effect === "deny" ? "deny" : "ask",
    overridable: true,
  };
}

/** A rule is not met by what may be; what may be is opaque, and no worse than the rule. */
function opaque(rule: Rule, effect: Effect, { policy }: Question): readonly Finding[] {
  const { opaque } = policy.commands;
  if (opaque === "allow" || rule.effect === "warn") return [];
  return [{
    // Of one that only observes it is told under its own name, or nobody knew who observed.
    policy: rule.mode === "observe" ? `rules.${rule.id}` : "commands.opaque",
    code: "command_opaque",
    severity: "MEDIUM",
    message: `It may ${effect.verb} "${effect.resource}", which rule "${rule.id}" speaks about`,
    effect: { verb: effect.verb, resource: effect.resource },
    sourceKey: "commands.opaque",
    verdict: rule.effect === "ask" ? "ask" : opaque,
    overridable: true,
  }];
}
