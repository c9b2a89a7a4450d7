/**
 * Patterns that match nothing in the tree. A pattern protects names that do not exist yet, so that
 * most of these are no mistake: what is looked for is a folder or name written wrongly.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { foldForMatching } from "../../operation/fold_for_matching.ts";
import { type Glob, type NamePattern, parseGlob } from "../../operation/glob.ts";
import { compileNameMatcher } from "../../operation/name_matcher.ts";
import { listConditions } from "../list_conditions.ts";
import type { Policy } from "../policy.ts";
import { quoted, type Weakness } from "./weakness.ts";

/**
 * Names in a folder, which is relative to the root and empty for the root itself; empty where it is
 * no folder, null when it cannot be looked at any more.
 */
export type ListTree = (folder: string) => readonly string[] | null;

/**
 * Only patterns from the root down are looked for, up to their first `**`: `*.pem` says what must
 * not be touched wherever it should turn up.
 */
export function findUnmatched(policy: Policy, listTree: ListTree): readonly Weakness[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["protected.files", policy.protectedFiles.patterns],
    ["protected.secret_files", policy.secretFiles.patterns],
    ...listConditions(policy).map(({ condition: { files }, path }) =>
      [`${path}.files`, files?.patterns ?? []] as const
    ),
  ];
  const found: Weakness[] = [];
  for (const [list, patterns] of lists) {
    for (const [index, pattern] of patterns.entries()) {
      const path = `${list}.${index}`;
      const missing = findMissing(parseGlob(pattern), listTree);
      if (missing === "unknown") return [...found, unread(path)];
      if (missing !== null) found.push(describe(pattern, missing, path));
    }
  }
  return found;
}

interface Missing {
  /** Folder that was looked at, empty for the root, and the name of the pattern it has none for. */
  readonly folder: string;
  readonly name: NamePattern;
  readonly isLast: boolean;
  /** Names there. */
  readonly names: readonly string[];
}

/** Follows the pattern down; null where something matches, or it is not one to follow. */
function findMissing({ names, isRelative }: Glob, listTree: ListTree): Missing | null | "unknown" {
  if (!isRelative || names.length === 0 || names[0]?.kind === "deep") return null;
  let folders: readonly string[] = [""];
  for (const [index, name] of names.entries()) {
    if (name.kind === "deep") return null;
    const matches = matcherOf(name);
    const next: string[] = [];
    const seen: string[] = [];
    for (const folder of folders) {
      const listed = listTree(folder);
      if (listed === null) return "unknown";
      seen.push(...listed);
      next.push(...listed.filter(matches).map((found) => `${folder}${folder && "/"}${found}`));
    }
    if (next.length === 0) {
      return { folder: folders[0] ?? "", name, isLast: index === names.length - 1, names: seen };
    }
    folders = next;
  }
  return null;
}

function matcherOf(name: NamePattern): (listed: string) => boolean {
  if (name.kind === "wild") {
    const matches = compileNameMatcher([name.tokens]);
    return (listed) => matches(foldForMatching(listed)).length > 0;
  }
  return (listed) => name.kind === "literal" && foldForMatching(listed) === name.text;
}

function describe(pattern: string, { folder, name, isLast, names }: Missing, path: string) {
  const shown = quoted(pattern);
  const where = folder === "" ? "the project's root" : quoted(folder);
  const close = name.kind === "literal" ? findClose(name.text, names) : null;
  if (close !== null && name.kind === "literal") {
    return {
      code: "pattern_misspelled",
      message: `${shown} matches nothing: there is no ${quoted(name.text)} in ${where}`,
      hint: `the closest name there is ${quoted(close)}`,
      path,
    } as const;
  }
  const what = name.kind === "literal" ? quoted(name.text) : "such a name";
  return {
    code: "pattern_unmatched",
    message: `${shown} matches nothing yet: there is no ${what} in ${where}`,
    hint: isLast
      ? "nothing is wrong when the file comes later; else compare the spelling"
      : "nothing is wrong when the folder comes later; else compare the spelling",
    path,
  } as const;
}

/** A name one slip of the keyboard away, for names long enough that this says something. */
function findClose(wanted: string, names: readonly string[]): string | null {
  if (wanted.length < 4 || names.length === 0) return null;
  const folded = new Map(names.map((name) => [foldForMatching(name), name]));
  const closest = closestString(wanted, [...folded.keys()]);
  return isOneSlip(wanted, closest) ? folded.get(closest) ?? null : null;
}

/** One character more, less or another, or two neighbours swapped. */
function isOneSlip(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [one.length - start - end, other.length - start - end];
  if (left <= 1 && right <= 1) return left + right > 0;
  return left === 2 && right === 2 && one[start] === other[start + 1] &&
    one[start + 1] === other[start];
}

function unread(path: string): Weakness {
  return {
    code: "tree_unread",
    message: "The tree is too large, or cannot be read: patterns from here on were not looked for",
    hint: "--skip-tree leaves the tree alone",
    path,
  };
}
