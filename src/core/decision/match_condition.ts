/**
 * Whether an operation is one that a condition means: of a rule, of a budget, of what went before.
 * policy/SPEC.md, "Rules".
 *
 * @module
 */
import { matchCall, mayMatchCall } from "../operation/command_pattern.ts";
import type { Effect } from "../operation/effect.ts";
import { foldForMatching } from "../operation/fold_for_matching.ts";
import { matchWord } from "../operation/word_glob.ts";
import type { Condition, Policy } from "../policy/policy.ts";
import type { PathFact } from "./facts.ts";
import { firstHit } from "./first_hit.ts";
import type { Question } from "./question.ts";

/** What satisfied `files` and `verbs` of a condition; no effect where it has neither. */
export interface Met {
  readonly effect: Effect | null;
  readonly pattern: string | null;
}

/** How many paths of a fact each condition's patterns match, by the condition's place. */
export type Concerns = (fact: PathFact) => ReadonlyMap<number, number>;

/**
 * Looks at each path once, for all conditions. SECURITY: a folder of ten thousand files must not be
 * walked for every condition there is.
 */
export function createConcerns({ ruleFiles }: Policy): Concerns {
  const known = new Map<PathFact, ReadonlyMap<number, number>>();
  return (fact) => {
    const found = known.get(fact);
    if (found !== undefined) return found;
    const { set, owners } = ruleFiles;
    const counts = new Map<number, number>();
    const add = (patterns: readonly number[], isPath: boolean) => {
      if (patterns.length === 0) return;
      for (const owner of new Set(patterns.map((pattern) => owners[pattern] ?? -1))) {
        counts.set(owner, (counts.get(owner) ?? 0) + (isPath ? 1 : 0));
      }
    };
    add(set.match(fact.view.forms), true);
    add(set.mayMatchBelow(fact.view.forms), false);
    for (const view of fact.below) add(set.match(view.forms), true);
    known.set(fact, counts);
    return counts;
  };
}

/** How a condition is to be read. */
export interface Reading {
  /** The condition's place in Policy.ruleFiles. */
  readonly owner: number;
  readonly concerns: Concerns;
  /** Programs as they are written, every word known: a warning about what may be is noise. */
  readonly hasPlainCalls: boolean;
}

/** Who forbids by it reads it widely: null when in no reading it is met. */
export function matchCondition(
  condition: Condition,
  question: Question,
  reading: Reading,
): Met | null {
  const { types, principals, tools, commands } = condition;
  const { operation, plan, principal } = question;
  const matches = reading.hasPlainCalls ? matchCall : mayMatchCall;
  const isMet = (types === null || types.includes(operation.type)) &&
    (principals === null || principals.some((pattern) => matchWord(pattern, principal))) &&
    (tools === null || plan.effects.some((effect) => mayMatchTool(effect, tools))) &&
    (commands === null ||
      plan.calls.some((call) => commands.some((pattern) => matches(pattern, call))));
  return isMet ? matchEffects(condition, question, reading) : null;
}

/** SECURITY: hosts disagree about case and look-alikes in names of tools. */
function mayMatchTool({ verb, resource }: Effect, tools: readonly string[]): boolean {
  if (verb !== "call") return false;
  const name = foldForMatching(resource);
  return tools.some((pattern) => matchWord(foldForMatching(pattern), name));
}

/** The effect that satisfies `files` and `verbs` together; one that is certain before others. */
function matchEffects(
  { files, verbs }: Condition,
  question: Question,
  reading: Reading,
): Met | null {
  if (files === null && verbs === null) return { effect: null, pattern: null };
  let possible: Met | null = null;
  for (const effect of question.plan.effects) {
    if (verbs !== null && !verbs.includes(effect.verb)) continue;
    const met = files === null
      ? { effect, pattern: null }
      : matchFiles(effect, files, question, reading);
    if (met !== null && effect.isPossible !== true) return met;
    possible ??= met;
  }
  return possible;
}

function matchFiles(
  effect: Effect,
  { patterns, set }: NonNullable<Condition["files"]>,
  { facts }: Question,
  { owner, concerns }: Reading,
): Met | null {
  const fact = effect.kind === "path" ? facts.paths.get(effect.resource) : undefined;
  const hit = fact !== undefined && concerns(fact).has(owner) ? firstHit(effect, fact, set) : null;
  return hit === null ? null : { effect, pattern: patterns[hit.index] ?? null };
}
