/**
 * Which rules of the policy speak about an operation. policy/SPEC.md, "Rules".
 *
 * @module
 */
import { matchCall, mayMatchCall } from "../operation/command_pattern.ts";
import type { Effect } from "../operation/effect.ts";
import { foldForMatching } from "../operation/fold_for_matching.ts";
import { matchWord } from "../operation/word_glob.ts";
import type { Policy, Rule } from "../policy/policy.ts";
import type { Finding } from "./decision.ts";
import type { PathFact } from "./facts.ts";
import { firstHit } from "./first_hit.ts";
import type { Question } from "./question.ts";

export interface RuleOutcome {
  readonly findings: readonly Finding[];
  /** Rules that warn and matched, in the policy's order. */
  readonly warned: readonly Rule[];
  /** Rules that matched and do not deny: they may release what they name. */
  readonly releasing: readonly Rule[];
}

/** What satisfied `files` and `verbs` of a rule; no effect where it has neither. */
interface Met {
  readonly effect: Effect | null;
  readonly pattern: string | null;
}

/** Matches every rule of the policy, in its order. */
export function matchRules(question: Question): RuleOutcome {
  const findings: Finding[] = [];
  const matched: Rule[] = [];
  const concerned = createConcern(question.policy);
  question.policy.rules.forEach((rule, index) => {
    const met = matchRule(rule, question, (fact) => concerned(fact).has(index));
    if (met === null) return;
    if (met.effect?.isPossible === true) {
      findings.push(...opaque(rule, met.effect, question));
      return;
    }
    matched.push(rule);
    if (rule.effect !== "warn") findings.push(speak(rule, index, met, question));
  });
  return {
    findings,
    warned: matched.filter(({ effect }) => effect === "warn"),
    releasing: matched.filter(({ effect }) => effect !== "deny"),
  };
}

/** Whether any pattern of the rule at hand can touch this path. */
type Concerns = (fact: PathFact) => boolean;

/**
 * Indexes of rules that may touch a path, each path looked at once. SECURITY: a folder of ten
 * thousand files must not be walked for every rule there is.
 */
function createConcern({ ruleFiles }: Policy): (fact: PathFact) => ReadonlySet<number> {
  const known = new Map<PathFact, ReadonlySet<number>>();
  return (fact) => {
    const found = known.get(fact);
    if (found !== undefined) return found;
    const { set, owners } = ruleFiles;
    const indexes = new Set<number>();
    const add = (patterns: readonly number[]) =>
      patterns.forEach((pattern) => indexes.add(owners[pattern] ?? -1));
    add(set.match(fact.view.forms));
    add(set.mayMatchBelow(fact.view.forms));
    for (const view of fact.below) add(set.match(view.forms));
    known.set(fact, indexes);
    return indexes;
  };
}

function matchRule(rule: Rule, question: Question, concerns: Concerns): Met | null {
  const { types, principals, tools, commands } = rule.match;
  const { operation, plan, principal } = question;
  const isMet = (types === null || types.includes(operation.type)) &&
    (principals === null || principals.some((pattern) => matchWord(pattern, principal))) &&
    (tools === null || plan.effects.some((effect) => mayMatchTool(effect, tools))) &&
    (commands === null || plan.calls.some((call) => {
      // A warning about what may be is noise; a denial that waits for proof is none.
      const matches = rule.effect === "warn" ? matchCall : mayMatchCall;
      return commands.some((pattern) => matches(pattern, call));
    }));
  return isMet ? matchEffects(rule, question, concerns) : null;
}

/** SECURITY: hosts disagree about case and look-alikes in names of tools. */
function mayMatchTool({ verb, resource }: Effect, tools: readonly string[]): boolean {
  if (verb !== "call") return false;
  const name = foldForMatching(resource);
  return tools.some((pattern) => matchWord(foldForMatching(pattern), name));
}

/** The effect that satisfies `files` and `verbs` together; one that is certain before others. */
function matchEffects(
  { match: { files, verbs } }: Rule,
  question: Question,
  concerns: Concerns,
): Met | null {
  if (files === null && verbs === null) return { effect: null, pattern: null };
  let possible: Met | null = null;
  for (const effect of question.plan.effects) {
    if (verbs !== null && !verbs.includes(effect.verb)) continue;
    const met = files === null
      ? { effect, pattern: null }
      : matchFiles(effect, files, question, concerns);
    if (met !== null && effect.isPossible !== true) return met;
    possible ??= met;
  }
  return possible;
}

function matchFiles(
  effect: Effect,
  { patterns, set }: NonNullable<Rule["match"]["files"]>,
  { facts }: Question,
  concerns: Concerns,
): Met | null {
  const fact = effect.kind === "path" ? facts.paths.get(effect.resource) : undefined;
  const hit = fact !== undefined && concerns(fact) ? firstHit(effect, fact, set) : null;
  return hit === null ? null : { effect, pattern: patterns[hit.index] ?? null };
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
    policy: "commands.opaque",
    code: "command_opaque",
    severity: "MEDIUM",
    message: `It may ${effect.verb} "${effect.resource}", which rule "${rule.id}" speaks about`,
    effect: { verb: effect.verb, resource: effect.resource },
    sourceKey: "commands.opaque",
    verdict: rule.effect === "ask" ? "ask" : opaque,
    overridable: true,
  }];
}
