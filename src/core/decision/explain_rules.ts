/**
 * How far each rule of a policy is from an operation, by asking decide() about one condition at a
 * time: what is said here cannot differ from what is decided.
 *
 * @module
 */
import { compilePolicy } from "../policy/compile_policy.ts";
import type { Condition, PastCondition, Rule } from "../policy/policy.ts";
import type { JsonObject } from "../operation/operation.ts";
import { decide } from "./decide.ts";
import type { Judgement } from "./decision.ts";
import type { Question } from "./question.ts";

export interface ExplainedRule {
  readonly id: string;
  readonly effect: Rule["effect"];
  readonly mode: Rule["mode"];
  /** `nearly`: all conditions but one. */
  readonly outcome: "matched" | "nearly" | "not";
  /** Keys of `match`, each by itself. */
  readonly met: readonly string[];
  /** Where a rule did not match and this is empty, no one effect met its conditions together. */
  readonly unmet: readonly string[];
  /** Dotted path of the rule in the policy. */
  readonly source_key: string;
}

/** In the policy's order. */
export function explainRules(question: Question, judgement: Judgement): readonly ExplainedRule[] {
  return question.policy.rules.map((rule, index) => {
    const conditions = Object.entries(encodeMatch(rule));
    const met = conditions.filter(([key, list]) => isMet(rule, { [key]: list }, question))
      .map(([key]) => key);
    const isMatched = hasSpoken(rule.id, judgement);
    const unmet = conditions.map(([key]) => key).filter((key) => !met.includes(key));
    return {
      id: rule.id,
      effect: rule.effect,
      mode: rule.mode,
      outcome: isMatched ? "matched" : unmet.length === 1 ? "nearly" : "not",
      met,
      unmet,
      source_key: `rules.${index}`,
    };
  });
}

function hasSpoken(id: string, { findings, observed = [], warned }: Judgement): boolean {
  return warned.includes(id) ||
    [...findings, ...observed].some(({ policy }) => policy === `rules.${id}`);
}

/** Whether a policy of this one condition would match. */
function isMet({ id, effect }: Rule, match: JsonObject, question: Question): boolean {
  const { customOperations } = question.policy;
  const custom = Object.fromEntries(customOperations);
  const policy = compilePolicy({
    version: "1.0",
    operations: { custom },
    rules: [{ id, effect, match }],
  });
  return hasSpoken(id, decide({ ...question, policy }));
}

/** As the policy file has it. */
function encodeMatch({ match }: Rule): JsonObject {
  const past = (condition: PastCondition | null): JsonObject | null =>
    condition && { within: condition.within, ...encodeCondition(condition.condition) };
  const looking = { after: past(match.after), without: past(match.without) };
  return { ...encodeCondition(match), ...written(looking) };
}

function encodeCondition(condition: Condition): JsonObject {
  const { types, verbs, files, commands, tools, principals } = condition;
  return written({
    types,
    verbs,
    files: files?.patterns ?? null,
    commands: commands?.map(({ pattern }) => pattern) ?? null,
    tools,
    principals,
  });
}

function written(keys: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null));
}
