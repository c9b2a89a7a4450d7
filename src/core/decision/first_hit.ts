/**
 * Whether an effect touches a pattern: by the path itself, by what could lie below it, by what
 * does. For rules that forbid; SPEC.md, section 4.
 *
 * @module
 */
import type { Effect, Verb } from "../operation/effect.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import type { PathFact } from "./facts.ts";

/** Verbs that take a whole folder with them, whether it exists under that name or not. */
const subtreeVerbs: ReadonlySet<Verb> = new Set(["delete", "link", "chmod", "chown"]);

export interface Hit {
  readonly index: number;
  /** The path that matched, when it is not the one the effect names. */
  readonly through: string | null;
}

/** The first pattern an effect touches; null when it touches none. */
export function firstHit(effect: Effect, fact: PathFact, set: PatternSet): Hit | null {
  const direct = set.match(fact.view.forms)[0];
  if (direct !== undefined) return { index: direct, through: null };
  if (reachesBelow(effect, fact)) {
    const possible = set.mayMatchBelow(fact.view.forms)[0];
    if (possible !== undefined) return { index: possible, through: `${effect.resource}/...` };
  }
  for (const view of fact.below) {
    const inside = set.match(view.forms)[0];
    if (inside !== undefined) return { index: inside, through: view.written };
  }
  return null;
}

/** What is not there can be made, taken away with its folder, and not read. */
export function reachesBelow(
  { verb }: Effect,
  { isFolder }: Pick<PathFact, "isFolder">,
): boolean {
  return verb !== "read" && (subtreeVerbs.has(verb) || isFolder);
}

/** `Cannot delete "a" (through "a/b"): it matches "b", …`. */
export function describeHit(effect: Effect, hit: Hit, pattern: string, why: string): string {
  const inside = hit.through === null ? "" : ` (through "${hit.through}")`;
  return `Cannot ${effect.verb} "${effect.resource}"${inside}: it matches "${pattern}", ${why}`;
}
