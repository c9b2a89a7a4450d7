/**
 * Patterns of files that add nothing, or stand for everything.
 *
 * @module
 */
import { builtinPatterns } from "../../operation/builtin_patterns.ts";
import { coversGlob } from "../../operation/cover_glob.ts";
import { type Glob, parseGlob } from "../../operation/glob.ts";
import { compilePatternSet, type PatternSet } from "../../operation/pattern_set.ts";
import { sampleForm } from "../../operation/sample_form.ts";
import { listConditions } from "../list_conditions.ts";
import type { FilePatterns, Policy } from "../policy.ts";
import { type LintCode, quoted, type Weakness } from "./weakness.ts";

/** More candidates than this are not tried for one pattern: then nothing is said about it. */
const maxCandidates = 64;

/** A list of patterns, ready to be searched for one that covers another. */
interface PatternList {
  readonly name: string;
  readonly globs: readonly Glob[];
  readonly set: PatternSet;
}

export function findPatterns(policy: Policy): readonly Weakness[] {
  const { protectedFiles, secretFiles } = policy;
  const files = listOf("protected.files", protectedFiles);
  const secrets = listOf("protected.secret_files", secretFiles);
  const builtin: PatternList = listOfGlobs(
    "builtin.files",
    builtinPatterns.map(({ pattern }) => parseGlob(pattern)),
  );
  const unprotected: Weakness = {
    code: "files_unprotected",
    message: "No file is protected but Sealward's own",
    hint: "list patterns under protected.files",
    path: "protected.files",
  };
  return [
    ...(files.globs.length + secrets.globs.length === 0 ? [unprotected] : []),
    ...findWide(files, "denies every change"),
    ...findWide(secrets, "denies everything, reading included"),
    ...findInList(files, [secrets], builtin),
    ...findInList(secrets, [], null),
    ...listConditions(policy).flatMap(({ condition: { files }, path }) =>
      files === null ? [] : findInList(listOf(`${path}.files`, files), [], null)
    ),
  ];
}

function listOf(name: string, { patterns, set }: FilePatterns): PatternList {
  return { name, globs: patterns.map((pattern) => parseGlob(pattern)), set };
}

function listOfGlobs(name: string, globs: readonly Glob[]): PatternList {
  return { name, globs, set: compilePatternSet(globs) };
}

function findWide({ name, globs }: PatternList, what: string): readonly Weakness[] {
  return globs.flatMap(({ pattern, names }, index) =>
    names.length > 0 ? [] : [{
      code: "pattern_covers_all" as const,
      message: `${quoted(pattern)} matches every file: it ${what}`,
      hint: "name what is to be protected",
      path: `${name}.${index}`,
    }]
  );
}

/** Each pattern is said to be one thing only: repeated, covered, or built in. */
function findInList(
  list: PatternList,
  stricter: readonly PatternList[],
  builtin: PatternList | null,
): readonly Weakness[] {
  const seen = new Set<string>();
  return list.globs.flatMap((glob, index): readonly Weakness[] => {
    const path = `${list.name}.${index}`;
    const shown = quoted(glob.pattern);
    const weakness = (code: LintCode, message: string, hint: string): readonly Weakness[] => [
      { code, message, hint, path },
    ];
    if (seen.has(glob.pattern)) {
      return weakness("pattern_repeated", `${shown} is listed twice`, "remove one");
    }
    seen.add(glob.pattern);
    const cover = findCover(list, glob, index);
    if (cover !== null) {
      const by = quoted(cover.pattern);
      return weakness("pattern_covered", `${shown} adds nothing: ${by} covers it`, "remove it");
    }
    for (const other of stricter) {
      const stronger = findCover(other, glob, null);
      if (stronger === null) continue;
      const by = `${quoted(stronger.pattern)} under ${other.name}`;
      return weakness("pattern_covered", `${shown} adds nothing: ${by} is stricter`, "remove it");
    }
    if (builtin === null || findCover(builtin, glob, null) === null) return [];
    return weakness(
      "pattern_builtin",
      `${shown} is protected without this line`,
      "it may stay: it says so to whoever reads the policy",
    );
  });
}

/**
 * A pattern of the list that covers `glob`, itself aside.
 *
 * @param index Of `glob` where it stands in the list itself: of equal ones the first stays.
 */
function findCover({ globs, set }: PatternList, glob: Glob, index: number | null): Glob | null {
  // Whatever covers it matches each path it matches: one path leaves few to try.
  const candidates = set.match(sampleForm(glob));
  if (candidates.length > maxCandidates) return null;
  for (const at of candidates) {
    const other = globs[at];
    if (other === undefined || at === index || !coversGlob(other, glob)) continue;
    const isLaterTwin = index !== null && at > index && coversGlob(glob, other);
    if (!isLaterTwin) return other;
  }
  return null;
}
