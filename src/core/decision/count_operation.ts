/**
 * How much of each budget an operation would use, and which conditions on earlier operations it
 * meets. SPEC.md, section 12.
 *
 * @module
 */
import { claimedNumber } from "../operation/claimed_number.ts";
import { matchCall, mayMatchCall } from "../operation/command_pattern.ts";
import type { Effect } from "../operation/effect.ts";
import { matchWord } from "../operation/word_glob.ts";
import type { Budget, Condition, PastCondition } from "../policy/policy.ts";
import { listsEffect } from "./find_releases.ts";
import { reachesBelow } from "./first_hit.ts";
import { type Concerns, matchCondition } from "./match_condition.ts";
import type { Question } from "./question.ts";

/** What one operation adds to a budget; null lines are lines that nobody knows. */
export interface Use {
  readonly atLeast: number;
  readonly isWhole: boolean;
  readonly isClaimInvalid: boolean;
}

const none: Use = { atLeast: 0, isWhole: true, isClaimInvalid: false };

/** A claim of more is as good as this; sums of it stay exact. */
const maxUse = 2 ** 30;

/** @param owner The budget's place in Policy.ruleFiles. */
export function measureUse(
  budget: Budget,
  question: Question,
  { owner, concerns }: { readonly owner: number; readonly concerns: Concerns },
): Use {
  const { count, match } = budget;
  if (count === "lines" && !changesLines(question)) return none;
  const isMet = matchCondition(match, question, { owner, concerns, hasPlainCalls: false });
  // What may happen or not is in no limit.
  if (isMet === null || isMet.effect?.isPossible === true) return none;
  switch (count) {
    case "operations":
      return exactly(1);
    case "commands":
      return exactly(countCalls(match, question));
    case "lines":
      return measureLines(question);
    default:
      return exactly(countPaths(budget, question, { owner, concerns }));
  }
}

function exactly(count: number): Use {
  return { ...none, atLeast: Math.min(count, maxUse) };
}

/** A command line is at least one, whatever could be read of it. */
function countCalls({ commands }: Condition, { operation, plan }: Question): number {
  const calls = commands === null
    ? plan.calls
    : plan.calls.filter((call) => commands.some((pattern) => mayMatchCall(pattern, call)));
  return operation.command === null ? 0 : Math.max(1, calls.length);
}

/** As limits.max_changes_per_operation: not of a command alone, which shows no lines. */
function changesLines({ operation, plan }: Question): boolean {
  const { type, content, diff } = operation;
  if (type === "command" && content === null && diff === null) return false;
  return plan.effects.some(({ kind, verb, isPossible }) =>
    kind === "path" && verb !== "read" && isPossible !== true
  );
}

function measureLines({ operation, facts }: Question): Use {
  const { changedLines } = facts.changes;
  const claim = claimedNumber(operation.metadata, "changes");
  const claimed = typeof claim === "number" ? Math.ceil(claim) : 0;
  return {
    atLeast: Math.min(Math.max(changedLines ?? 0, claimed), maxUse),
    isWhole: changedLines !== null || claim !== null,
    isClaimInvalid: claim === "invalid",
  };
}

/** Distinct paths, with all that lies below a folder that goes with it. */
function countPaths(
  { count, match: { verbs, files } }: Budget,
  { plan, facts }: Question,
  { owner, concerns }: { readonly owner: number; readonly concerns: Concerns },
): number {
  const isCounted = ({ kind, verb, isPossible }: Effect) =>
    kind === "path" && isPossible !== true &&
    (count === "deletes"
      ? verb === "delete"
      : verbs === null
      ? verb !== "read"
      : verbs.includes(verb));
  const byPath = new Map<string, number>();
  for (const effect of plan.effects.filter(isCounted)) {
    const fact = facts.paths.get(effect.resource);
    const all = fact === undefined || !reachesBelow(effect, fact) ? 1 : 1 + fact.below.length;
    const matched = fact === undefined ? undefined : concerns(fact).get(owner);
    const number = files === null ? all : matched === undefined ? 0 : Math.max(1, matched);
    const key = fact?.view.real ?? fact?.view.lexical ?? effect.resource;
    byPath.set(key, Math.max(byPath.get(key) ?? 0, number));
  }
  return [...byPath.values()].reduce((sum, number) => sum + number, 0);
}

/**
 * Whether this operation, once allowed, is one the condition looks back for. What forbids is read
 * widely and met by what may be; what lifts a denial is met by what is certain and named exactly.
 */
export function meetsPast(
  { condition, isStrict }: PastCondition,
  question: Question,
  { owner, concerns }: { readonly owner: number; readonly concerns: Concerns },
): boolean {
  if (isStrict) return meetsExactly(condition, question);
  return matchCondition(condition, question, { owner, concerns, hasPlainCalls: false }) !== null;
}

function meetsExactly(condition: Condition, question: Question): boolean {
  const { types, principals, tools, commands, verbs, files } = condition;
  const { operation, plan, principal } = question;
  const hasEffect = (effect: Effect) =>
    effect.isPossible !== true &&
    (files === null
      ? verbs?.includes(effect.verb) !== false
      : listsEffect(condition, effect, question));
  return (types === null || types.includes(operation.type)) &&
    (principals === null || principals.some((pattern) => matchWord(pattern, principal))) &&
    (tools === null ||
      plan.effects.some(({ verb, resource }) =>
        verb === "call" && tools.some((pattern) => matchWord(pattern, resource))
      )) &&
    (commands === null ||
      plan.calls.some((call) => commands.some((pattern) => matchCall(pattern, call)))) &&
    ((files === null && verbs === null) || plan.effects.some(hasEffect));
}
