/**
 * What a finding denies for what it is, and not for how much, how well known or by whose policy it
 * is: this stays denied by any other road. SPEC.md, "Denial memory".
 *
 * @module
 */
import { maxDeniedKeys } from "../limits.ts";
import { builtinPatternSet } from "../operation/builtin_patterns.ts";
import { mayMatchCall } from "../operation/command_pattern.ts";
import type { Effect, Verb } from "../operation/effect.ts";
import type { ProgramCall } from "../operation/effect_plan.ts";
import type { PathView } from "../operation/path.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import type { Rule } from "../policy/policy.ts";
import type { Finding, Judgement } from "./decision.ts";
import { callMark, encodeDenialKey, nameMarks, pathMarks } from "./denial_key.ts";
import type { PathFact } from "./facts.ts";
import { firstHit } from "./first_hit.ts";
import type { Question } from "./question.ts";

/** An effect that was denied, and by which numbers it is known again. */
export interface DeniedThing {
  readonly effect: Effect;
  readonly marks: readonly number[];
}

/** Verbs that change something or leave the machine, and tools: what else runs is only a way. */
const ends: ReadonlySet<Verb> = new Set([
  ...["write", "create", "delete", "link", "chmod", "chown", "connect", "call"] as const,
]);

/** Keys of everything a judgement denies so; none unless it denies and is enforced. */
export function deniedKeys(judgement: Judgement, question: Question): readonly string[] {
  const { verdict, mode, findings } = judgement;
  if (verdict !== "deny" || mode !== "enforce" || question.scope !== "policy") return [];
  const keys = new Set<string>();
  for (const finding of findings) {
    const isHard = !finding.overridable;
    for (const { effect: { verb }, marks } of deniedThings(finding, question)) {
      for (const mark of marks) keys.add(encodeDenialKey({ verb, mark, isHard }));
    }
  }
  return [...keys].slice(0, maxDeniedKeys);
}

/** Everything one finding denies; nothing where it asks, or speaks of something else. */
export function deniedThings(finding: Finding, question: Question): readonly DeniedThing[] {
  if (finding.verdict !== "deny") return [];
  switch (finding.code) {
    case "path_protected":
      return protectedThings(finding, question);
    case "operation_protected":
      return operationThings(question);
    case "rule_matched": {
      const rule = question.policy.rules.find(({ id }) => `rules.${id}` === finding.policy);
      return rule === undefined || looksBack(rule) ? [] : ruleThings(rule, question);
    }
    default:
      return [];
  }
}

/** What is denied for what happened before, or did not, may be allowed after it has. */
function looksBack({ match: { after, without } }: Rule): boolean {
  return after !== null || without !== null;
}

function protectedThings(
  { policy: id, effect: named }: Finding,
  { plan, facts, policy }: Question,
): readonly DeniedThing[] {
  const set = id === "builtin.files"
    ? builtinPatternSet()
    : id === "protected.files"
    ? policy.protectedFiles.set
    : policy.secretFiles.set;
  return plan.effects.filter((effect) => effect.kind === "path" && isSame(effect, named))
    .map((effect) => ({ effect, marks: marksIn(facts.paths.get(effect.resource), set) }));
}

function isSame(effect: Effect, named: Finding["effect"]): boolean {
  return effect.isPossible !== true && effect.verb === named?.verb &&
    effect.resource === named.resource;
}

/** Of every protected operation it is: which of them a finding names is a matter of order (D3). */
function operationThings(question: Question): readonly DeniedThing[] {
  const { operation, policy } = question;
  return policy.protectedOperations.flatMap(({ verbs, types }) => {
    const named = certainEffects(question).filter(({ verb }) => verbs.includes(verb));
    if (named.length > 0) return named.map((effect) => thing(effect, question));
    return types.includes(operation.type) ? wholeThings(question) : [];
  });
}

function ruleThings({ match }: Rule, question: Question): readonly DeniedThing[] {
  const { files, verbs, commands } = match;
  if (files === null && verbs === null) {
    return commands === null ? wholeThings(question) : callThings(commands, question);
  }
  const effects = certainEffects(question)
    .filter(({ verb }) => verbs === null || verbs.includes(verb));
  if (files === null) return effects.map((effect) => thing(effect, question));
  return effects.flatMap((effect) => {
    const fact = effect.kind === "path" ? question.facts.paths.get(effect.resource) : undefined;
    if (fact === undefined || firstHit(effect, fact, files.set) === null) return [];
    return [{ effect, marks: marksIn(fact, files.set) }];
  });
}

/** A rule that names no effect denies all that comes of the operation. */
function wholeThings(question: Question): readonly DeniedThing[] {
  return certainEffects(question).filter(({ verb }) => ends.has(verb))
    .map((effect) => thing(effect, question));
}

/**
 * The calls themselves, word for word, and what comes of them. Nobody notes which call of a line has
 * which effect: where there are others beside them, those that a word of theirs names.
 */
function callThings(
  commands: NonNullable<Rule["match"]["commands"]>,
  question: Question,
): readonly DeniedThing[] {
  const { calls } = question.plan;
  const denied = calls.filter((call) => commands.some((pattern) => mayMatchCall(pattern, call)));
  const words = new Set(denied.flat());
  const isWhole = denied.length === calls.length;
  return [
    ...denied.map(callThing),
    ...wholeThings(question).filter(({ effect }) => isWhole || words.has(effect.resource)),
  ];
}

/** A call as if it were an effect. */
export function callThing(call: ProgramCall): DeniedThing {
  const words = call.map((word) => word ?? "?").join(" ");
  return { effect: { verb: "execute", resource: words, kind: "tool" }, marks: [callMark(words)] };
}

function certainEffects({ plan, facts }: Question): readonly Effect[] {
  return plan.effects.filter(({ isPossible, unlessFolder, resource }) =>
    isPossible !== true && !(unlessFolder === true && facts.paths.get(resource)?.isFolder)
  );
}

function thing(effect: Effect, { facts }: Question): DeniedThing {
  if (effect.kind !== "path") return { effect, marks: nameMarks(effect) };
  const view = facts.paths.get(effect.resource)?.view;
  return { effect, marks: view === undefined ? [] : pathMarks(view) };
}

/** Of the path or, where the patterns speak of what lies in the folder alone, of that. */
function marksIn(fact: PathFact | undefined, set: PatternSet): readonly number[] {
  if (fact === undefined) return [];
  const isMet = ({ forms }: PathView) => set.match(forms).length > 0;
  const below = isMet(fact.view) ? [] : fact.below.filter(isMet);
  const told = set === builtinPatternSet() ? outermost(below) : below;
  return (told.length > 0 ? told : [fact.view]).flatMap(pathMarks);
}

/**
 * Without what lies in another one of them. The engine's own folder is as good as a key for each of its
 * files, which are always denied: they would leave no room for anything else, and change all the time.
 */
function outermost(views: readonly PathView[]): readonly PathView[] {
  const folders = new Set(views.map(({ lexical }) => lexical));
  return views.filter(({ lexical }) => !folders.has(lexical.slice(0, lexical.lastIndexOf("/"))));
}
