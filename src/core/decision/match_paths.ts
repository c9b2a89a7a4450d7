/**
 * Which policy lines a path effect violates. Deny matching looks at the written path, at what the
 * kernel makes of it and, for an effect that reaches into a folder, at everything below.
 *
 * @module
 */
import { builtinPatterns, builtinPatternSet } from "../operation/builtin_patterns.ts";
import type { Effect, Verb } from "../operation/effect.ts";
import type { PatternSet } from "../operation/pattern_set.ts";
import type { Policy } from "../policy/policy.ts";
import type { Finding, ViolationCode } from "./decision.ts";
import type { PathFact } from "./facts.ts";

/** Verbs that take a whole folder with them, whether it exists under that name or not. */
const subtreeVerbs: ReadonlySet<Verb> = new Set(["delete", "link", "chmod", "chown"]);

interface Hit {
  readonly index: number;
  /** The path that matched, when it is not the one the effect names. */
  readonly through: string | null;
}

/** Findings of one path effect against built-in and policy patterns and the root. */
export function matchPath(effect: Effect, fact: PathFact, policy: Policy): readonly Finding[] {
  const findings: Finding[] = [];
  if (fact.view.failure !== null) findings.push(unresolvable(effect, fact.view.failure));
  if (effect.verb === "read") return findings;
  if (fact.view.suspicious !== null) findings.push(suspicious(effect, fact.view.suspicious));
  findings.push(...matchBuiltin(effect, fact));
  findings.push(...matchPolicy(effect, fact, policy));
  if (!fact.view.insideRoot && fact.view.failure === null) findings.push(outside(effect));
  if (!fact.isBelowWhole) findings.push(tooMuchBelow(effect, policy));
  return findings;
}

function matchBuiltin(effect: Effect, fact: PathFact): readonly Finding[] {
  if (fact.hardLinkOf !== null) {
    const message = `Cannot ${effect.verb} "${effect.resource}": it is a hard link to ` +
      `"${fact.hardLinkOf}", which belongs to the engine`;
    return [{ ...base(effect, "path_protected", message), ...hard }];
  }
  const hit = firstHit(effect, fact, builtinPatternSet()) ?? holdsEngine(fact);
  const pattern = hit === null ? undefined : builtinPatterns[hit.index];
  if (hit === null || pattern === undefined) return matchOwnPlace(effect, fact);
  const message = describe(effect, hit, pattern.pattern, `always protected: ${pattern.why}`);
  return [{ ...base(effect, "path_protected", message), ...hard, pattern: pattern.pattern }];
}

/** By place, where no name gave it away: keys, mark, binary, a log that lies elsewhere. */
function matchOwnPlace(effect: Effect, { ownPlace: own, ...fact }: PathFact): readonly Finding[] {
  if (own === null || (own.isBelow && !reachesBelow(effect, fact))) return [];
  const where = own.isBelow ? `"${own.path}" in it` : `"${own.path}"`;
  const message = `Cannot ${effect.verb} "${effect.resource}": ${where} belongs to the engine`;
  return [{ ...base(effect, "path_protected", message), ...hard, pattern: own.path }];
}

/**
 * SECURITY: the root and what contains it hold the engine's own folder, the first of the patterns,
 * however much else lies there: a full disk must not make this "too much to know".
 */
function holdsEngine({ view }: PathFact): Hit | null {
  return view.forms.includes("") ? { index: 0, through: ".scalpel" } : null;
}

const hard = { policy: "builtin.files", severity: "CRITICAL", overridable: false } as const;

function matchPolicy(effect: Effect, fact: PathFact, policy: Policy): readonly Finding[] {
  const hit = firstHit(effect, fact, policy.protectedFiles.set);
  const pattern = hit === null ? undefined : policy.protectedFiles.patterns[hit.index];
  if (hit === null || pattern === undefined) return [];
  return [{
    ...base(effect, "path_protected", describe(effect, hit, pattern, "protected by the policy")),
    policy: "protected.files",
    pattern,
    sourceKey: `protected.files.${hit.index}`,
  }];
}

function firstHit(effect: Effect, fact: PathFact, set: PatternSet): Hit | null {
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

function reachesBelow(effect: Effect, fact: Pick<PathFact, "isFolder">): boolean {
  return subtreeVerbs.has(effect.verb) || fact.isFolder;
}

function describe(effect: Effect, hit: Hit, pattern: string, why: string): string {
  const inside = hit.through === null ? "" : ` (through "${hit.through}")`;
  return `Cannot ${effect.verb} "${effect.resource}"${inside}: it matches "${pattern}", ${why}`;
}

function base(effect: Effect, code: ViolationCode, message: string): Finding {
  return {
    policy: "builtin.paths",
    code,
    severity: "HIGH",
    message,
    effect: { verb: effect.verb, resource: effect.resource },
    sourceKey: null,
    verdict: "deny",
    overridable: true,
  };
}

/**
 * SECURITY: a path that no answer can be had for may be the engine's own; law D2 holds in every
 * mode, so that only reading it may be approved or merely watched.
 */
export function unresolvable(effect: Effect, why: string): Finding {
  const message = `Cannot tell which file "${effect.resource}" is: ${why}`;
  return { ...base(effect, "path_unresolvable", message), overridable: effect.verb === "read" };
}

function suspicious(effect: Effect, reason: string): Finding {
  const message = `Cannot ${effect.verb} "${effect.resource}": ${reason}; paths are never expanded`;
  return base(effect, "path_suspicious", message);
}

function outside(effect: Effect): Finding {
  const message = `Cannot ${effect.verb} "${effect.resource}": it lies outside the project root`;
  return base(effect, "path_outside_root", message);
}

function tooMuchBelow(effect: Effect, policy: Policy): Finding {
  const message = `Cannot ${effect.verb} "${effect.resource}": too much lies below it to know ` +
    `whether a protected file is among it`;
  return {
    ...base(effect, "operation_unverified", message),
    policy: "enforcement.on_unverified",
    verdict: policy.enforcement.onUnverified,
    sourceKey: "enforcement.on_unverified",
  };
}
