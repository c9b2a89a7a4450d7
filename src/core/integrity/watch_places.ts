/**
 * Which files below the root are watched, and where to look for them.
 *
 * @module
 */
import { builtinPatterns, builtinPatternSet } from "../operation/builtin_patterns.ts";
import { pathForms } from "../operation/path_forms.ts";
import type { Policy } from "../policy/policy.ts";
import type { StampStart } from "../ports.ts";

/** Questions about absolute paths below the root. */
export interface WatchPlaces {
  readonly isWanted: (path: string) => boolean;
  readonly isPruned: (path: string) => boolean;
  /** Where patterns say that their files lie, taken from the root. */
  readonly near: readonly StampStart[];
}

/** Large folders of what others made; SPEC.md says what that leaves out. */
const pruned = /\/(?:node_modules|\.git\/(?:.*\/)?objects)$/;

/** @param policy Null when none is trusted: then built-in patterns alone choose. */
export function watchPlaces(root: string, policy: Policy | null): WatchPlaces {
  const sets = [builtinPatternSet(), ...(policy === null ? [] : [policy.protectedFiles.set])];
  const formsOf = (path: string) => pathForms(plain(path), root).forms;
  const patterns = [
    ...builtinPatterns.map(({ pattern }) => pattern),
    ...(policy?.protectedFiles.patterns ?? []),
  ];
  return {
    isWanted: (path) => {
      const forms = formsOf(path);
      return sets.some((set) => set.match(forms).length > 0);
    },
    // A pattern that names something in there by its whole path opens the folder.
    isPruned: (path) =>
      pruned.test(path) && !sets.some((set) => set.mayMatchBelow(formsOf(path)).length > 0),
    near: patterns.flatMap((pattern) => findStart(pattern, root === "/" ? "" : root)),
  };
}

function plain(path: string) {
  const absent = { kind: "unknown", sizeBytes: null, linkCount: null, identity: null } as const;
  return { ...absent, written: path, lexical: path, real: path, failure: null };
}

/** The names a pattern begins with that stand for themselves; patterns with two slashes lead away. */
function findStart(pattern: string, root: string): readonly StampStart[] {
  if (pattern.startsWith("//")) return [];
  const names = pattern.split("/").filter((name) => name !== "");
  while (names[0] === "**") names.shift();
  const wild = names.findIndex((name) => /[*?[\\]/.test(name));
  const literal = names.slice(0, wild === -1 ? names.length : wild);
  return [{
    path: [root, ...literal].join("/") || "/",
    reach: wild === -1 ? "below" : "inside",
  }];
}
