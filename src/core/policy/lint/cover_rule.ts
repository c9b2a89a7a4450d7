/**
 * Whether a rule never changes a verdict beside another one.
 *
 * @module
 */
import type { CommandPattern } from "../../operation/command_pattern.ts";
import { coversCommand } from "../../operation/cover_command.ts";
import { coversGlob } from "../../operation/cover_glob.ts";
import { coversWord } from "../../operation/cover_word.ts";
import { foldForMatching } from "../../operation/fold_for_matching.ts";
import { type Glob, parseGlob } from "../../operation/glob.ts";
import type { PastCondition, Rule, RuleMatch } from "../policy.ts";

/** A rule with its patterns parsed once. */
export interface ReadRule {
  readonly rule: Rule;
  readonly globs: readonly Glob[];
}

export function readRule(rule: Rule): ReadRule {
  return { rule, globs: (rule.match.files?.patterns ?? []).map((pattern) => parseGlob(pattern)) };
}

const strictness = { warn: 0, ask: 1, deny: 2 } as const;

/**
 * True only when leaving `narrow` out changes no verdict: whenever it matches, `wide` matches and is
 * at least as strict; and what `narrow` releases of the engine's defaults `wide` releases as well,
 * or denies. A rule that warns may still be seen beside the other one. Never true by guess.
 */
export function coversRule(wide: ReadRule, narrow: ReadRule): boolean {
  // What only observes covers nothing, and changes no verdict to begin with.
  if ([wide, narrow].some(({ rule }) => rule.mode === "observe")) return false;
  if (strictness[wide.rule.effect] < strictness[narrow.rule.effect]) return false;
  return coversMatch(wide, narrow) &&
    (wide.rule.effect === "deny" || releasesAsMuch(wide.rule.match, narrow.rule.match));
}

/** Every operation that meets `narrow` meets `wide`. */
export function coversMatch(wide: ReadRule, narrow: ReadRule): boolean {
  const [left, right] = [wide.rule.match, narrow.rule.match];
  const hasFewerKeys = (Object.keys(left) as (keyof RuleMatch)[])
    .every((key) => left[key] === null || right[key] !== null);
  return hasFewerKeys &&
    isSamePast(left.after, right.after) && isSamePast(left.without, right.without) &&
    covers(left.types, right.types, (one, other) => one === other) &&
    covers(left.verbs, right.verbs, (one, other) => one === other) &&
    covers(left.principals, right.principals, coversWord) &&
    covers(left.tools, right.tools, coversTool) &&
    covers(left.commands, right.commands, commandCover(wide.rule, narrow.rule)) &&
    (left.files === null || coversFiles(wide.globs, narrow.globs));
}

/** Not looking back covers everything; looking back for other things is not compared. */
function isSamePast(wide: PastCondition | null, narrow: PastCondition | null): boolean {
  return wide === null || (wide.id === narrow?.id && wide.within === narrow.within);
}

/** Each of `narrow` is covered by one of `wide`; no list is no condition. */
function covers<T>(
  wide: readonly T[] | null,
  narrow: readonly T[] | null,
  coversOne: (wide: T, narrow: T) => boolean,
): boolean {
  if (wide === null) return true;
  return narrow !== null && narrow.every((other) => wide.some((one) => coversOne(one, other)));
}

export function coversFiles(wide: readonly Glob[], narrow: readonly Glob[]): boolean {
  return narrow.every((other) => wide.some((one) => coversGlob(one, other)));
}

/** Folded where a rule is matched, as written where it releases: both must hold. */
export function coversTool(wide: string, narrow: string): boolean {
  return coversWord(wide, narrow) && coversWord(foldForMatching(wide), foldForMatching(narrow));
}

/** A rule that warns reads commands more strictly than one that asks or denies. */
function commandCover(
  wide: Rule,
  narrow: Rule,
): (wide: CommandPattern, narrow: CommandPattern) => boolean {
  const isMixed = wide.effect !== "warn" && narrow.effect === "warn";
  return (one, other) =>
    coversCommand(one, other) && (!isMixed || other.words[0]?.includes("*") !== true);
}

/** A rule releases what it names: one that names nothing of a kind releases nothing of it. */
function releasesAsMuch(wide: RuleMatch, narrow: RuleMatch): boolean {
  return (["files", "tools", "commands"] as const)
    .every((key) => (wide[key] === null) === (narrow[key] === null));
}
