/**
 * What a person spoke about in a rule that asks or warns, and the engine therefore need not deny of
 * its own accord. policy/SPEC.md, "Rules".
 *
 * SECURITY: this is the one place where matching opens something. Everything here is strict: every
 * answer of the disk, every call, every word must be one the rule names; in doubt nothing is
 * released.
 *
 * @module
 */
import { matchCall } from "../operation/command_pattern.ts";
import type { Effect } from "../operation/effect.ts";
import type { ProgramCall } from "../operation/effect_plan.ts";
import { lowerCase } from "../operation/fold_for_matching.ts";
import { isInside } from "../operation/path_forms.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import { matchWord } from "../operation/word_glob.ts";
import type { Condition, Rule } from "../policy/policy.ts";
import type { PathFact } from "./facts.ts";
import type { Question } from "./question.ts";

export interface Releases {
  /** From `path_outside_root` and `path_special`. */
  readonly hasPath: (effect: Effect) => boolean;
  /** A bare call of a tool, from `operation_unverified`. */
  readonly hasTools: boolean;
  /** A command, from the `command_opaque` of its doubts. */
  readonly hasCommand: boolean;
  /** The whole operation, from `default_deny`. */
  readonly hasAll: boolean;
}

export const noReleases: Releases = {
  hasPath: () => false,
  hasTools: false,
  hasCommand: false,
  hasAll: false,
};

/** Types that do nothing but what their command and their tool do. */
const commandTypes: ReadonlySet<string> = new Set(["command", "tool_call"]);

/** @param rules Those that ask or warn and are met: their types and principals need no look. */
export function findReleases(question: Question, rules: readonly Rule[]): Releases {
  if (rules.length === 0) return noReleases;
  const { operation, plan, policy } = question;
  const isBare = operation.command === null && operation.diff === null;
  const calls = plan.effects.filter(({ verb }) => verb === "call");
  const hasPath = (effect: Effect) => rules.some((rule) => coversPath(rule, effect, question));
  const hasTool = (effect: Effect) => rules.some((rule) => coversTool(rule, effect, question));
  const hasCommand = plan.calls.length > 0 &&
    plan.calls.every((call) => rules.some((rule) => coversCall(rule, call, question)));
  // What a type of the policy's own does beside its command is not the command's doing.
  const isPlain = operation.command !== null && !policy.customOperations.has(operation.type);
  // Paths of a command alone are its own; beside named files nobody can tell whose they are.
  const isOnlyCommand = isPlain && commandTypes.has(operation.type) && operation.diff === null &&
    operation.affectedFiles.length === 0;
  const isReleased = (effect: Effect) => {
    if (effect.verb === "call") return hasTool(effect);
    const isRun = isPlain && effect.verb === "execute";
    return ((isOnlyCommand || isRun) && hasCommand) || hasPath(effect);
  };
  return {
    hasPath,
    hasTools: isBare && calls.length > 0 && calls.every(hasTool),
    hasCommand,
    hasAll: plan.effects.length > 0 && plan.effects.every(isReleased),
  };
}

function coversPath(rule: Rule, effect: Effect, question: Question): boolean {
  return listsEffect(rule.match, effect, question) && namesTools(rule, question) &&
    namesCalls(rule, question);
}

function coversTool(rule: Rule, { verb, resource }: Effect, question: Question): boolean {
  const { tools, verbs, files } = rule.match;
  return tools !== null && tools.some((pattern) => matchWord(pattern, resource)) &&
    (files === null ? verbs === null || verbs.includes(verb) : listsPaths(rule, question)) &&
    namesCalls(rule, question);
}

function coversCall(rule: Rule, call: ProgramCall, question: Question): boolean {
  const { commands, files, verbs } = rule.match;
  const isNamed = commands !== null && commands.some((pattern) => matchCall(pattern, call));
  return isNamed && namesTools(rule, question) &&
    (files === null
      ? verbs === null || question.plan.effects.every(({ verb }) => verbs.includes(verb))
      : listsPaths(rule, question));
}

function namesTools({ match: { tools } }: Rule, { plan }: Question): boolean {
  const calls = plan.effects.filter(({ verb }) => verb === "call");
  return tools === null || (calls.length > 0 &&
    calls.every(({ resource }) => tools.some((pattern) => matchWord(pattern, resource))));
}

function namesCalls({ match: { commands } }: Rule, { plan }: Question): boolean {
  return commands === null || (plan.calls.length > 0 &&
    plan.calls.every((call) => commands.some((pattern) => matchCall(pattern, call))));
}

function listsPaths(rule: Rule, question: Question): boolean {
  const paths = question.plan.effects.filter(({ kind }) => kind === "path");
  return paths.length > 0 && paths.every((effect) => listsEffect(rule.match, effect, question));
}

/** The condition names this verb, and this path by both answers of the disk. */
export function listsEffect(
  { files, verbs }: Pick<Condition, "files" | "verbs">,
  { kind, verb, resource }: Effect,
  { facts }: Question,
): boolean {
  const fact = kind === "path" ? facts.paths.get(resource) : undefined;
  return files !== null && fact !== undefined && (verbs === null || verbs.includes(verb)) &&
    matchesBoth(files.set, fact, facts.root);
}

/** Strictly: by what is written and by what it leads to. */
export function matchesBoth(set: PatternSet, { view }: PathFact, root: string): boolean {
  const { lexical, real, suspicious } = view;
  if (real === null || suspicious !== null) return false;
  return [lexical, real].every((answer) => set.match([formOf(answer, root)]).length > 0);
}

/**
 * One plain form. SECURITY: outside the root only patterns that begin with a slash name a place; by
 * its relative form, `../../etc/x.log`, a place would be released by "*.log".
 */
function formOf(answer: string, root: string): string {
  const start = root === "/" ? 1 : root.length + 1;
  return lowerCase(isInside(answer, root) ? answer.slice(start) : answer);
}
