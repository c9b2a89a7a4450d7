/**
 * Which policy lines a path effect violates. Deny matching looks at the written path, at what the
 * kernel makes of it and, for an effect that reaches into a folder, at everything below.
 *
 * @module
 */
import { isAscii } from "../operation/fold_for_matching.ts";
import { skeletonOf } from "../operation/look_alikes.ts";
import {
  builtinPatterns,
  builtinPatternSet,
  builtinSecrets,
  builtinSecretSet,
  secretFolderSet,
} from "../operation/builtin_patterns.ts";
import type { Effect } from "../operation/effect.ts";
import type { FilePatterns, Policy } from "../policy/policy.ts";
import type { Finding, ViolationCode } from "./decision.ts";
import type { PathFact } from "./facts.ts";
import { describeHit, firstHit, type Hit, reachesBelow } from "./first_hit.ts";

/** Findings of one path effect against built-in and policy patterns and the root. */
export function matchPath(effect: Effect, fact: PathFact, policy: Policy): readonly Finding[] {
  const isPossible = effect.isPossible === true ||
    (effect.unlessFolder === true && fact.isFolder && !isNamed(fact, policy));
  if (isPossible) return matchPossible(effect, fact, policy);
  const findings: Finding[] = [];
  if (fact.view.failure !== null) findings.push(unresolvable(effect, fact.view.failure));
  const isRead = effect.verb === "read";
  if (isRead && !policy.guardsReads) return [...findings, ...matchOwnSecret(effect, fact)];
  if (fact.view.suspicious !== null) findings.push(suspicious(effect, fact.view.suspicious));
  const met = matchProtected(effect, fact, policy);
  findings.push(...met, ...(isRead || met.length > 0 ? [] : matchLookAlike(effect, fact, policy)));
  const isOutside = !fact.view.insideRoot && fact.view.failure === null;
  if (isOutside && !isRead) findings.push(outside(effect, fact));
  if (fact.view.kind === "other" && fills.has(effect.verb)) findings.push(special(effect));
  if (!fact.isBelowWhole) findings.push(tooMuchBelow(effect, policy));
  return findings;
}

/** Whether a pattern names the folder itself, not only something in it. */
function isNamed({ view: { forms } }: PathFact, policy: Policy): boolean {
  return isAnyNamed(forms, policy);
}

function isAnyNamed(forms: readonly string[], policy: Policy): boolean {
  const sets = [builtinPatternSet(), policy.protectedFiles.set, policy.secretFiles.set];
  return sets.some((set) => set.match(forms).length > 0);
}

/** A new name that is drawn like a protected one is there to be taken for it. */
function matchLookAlike(effect: Effect, { view }: PathFact, policy: Policy): readonly Finding[] {
  if (view.kind !== "missing" || view.forms.every(isAscii)) return [];
  const alike = view.forms.map(skeletonOf);
  if (alike.every((form, i) => form === view.forms[i]) || !isAnyNamed(alike, policy)) return [];
  const message =
    `Cannot ${effect.verb} "${effect.resource}": it is a new name that looks like a ` +
    "protected one";
  return [base(effect, "path_suspicious", message)];
}

/** Everything that names the file: the engine, secret files, protected files. */
function matchProtected(effect: Effect, fact: PathFact, policy: Policy): readonly Finding[] {
  const secrets = matchList(effect, fact, policy.secretFiles, "protected.secret_files");
  if (effect.verb === "read") return [...matchOwnSecret(effect, fact), ...secrets];
  return [
    ...matchBuiltin(effect, fact),
    ...secrets,
    ...matchList(effect, fact, policy.protectedFiles, "protected.files"),
  ];
}

/**
 * What may happen to a protected file and may not. It is opaque, whatever protects the file: the
 * program was given the path, nobody knows what for.
 */
function matchPossible(effect: Effect, fact: PathFact, policy: Policy): readonly Finding[] {
  const met = matchProtected(effect, fact, policy)[0];
  const { opaque } = policy.commands;
  if (met === undefined || (opaque === "allow" && met.overridable)) return [];
  const does = effect.verb === "read" ? "read" : "change";
  const by = met.pattern === undefined ? met.policy : `${met.policy} "${met.pattern}"`;
  return [{
    ...base(effect, "command_opaque", `It may ${does} "${effect.resource}", protected by ${by}`),
    policy: "commands.opaque",
    severity: "MEDIUM",
    sourceKey: "commands.opaque",
    // SECURITY: the engine's own files are not a policy's to give away.
    verdict: opaque === "allow" ? "ask" : opaque,
    ...(met.pattern === undefined ? {} : { pattern: met.pattern }),
  }];
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
  const message = describeHit(effect, hit, pattern.pattern, `always protected: ${pattern.why}`);
  return [{ ...base(effect, "path_protected", message), ...hard, pattern: pattern.pattern }];
}

/** SECURITY: who reads the seed of an approver makes that approver's codes. */
function matchOwnSecret(effect: Effect, { view, isFolder }: PathFact): readonly Finding[] {
  const direct = builtinSecretSet().match(view.forms)[0];
  const isWhole = isFolder && secretFolderSet().match(view.forms).length > 0;
  const secret = builtinSecrets[direct ?? (isWhole ? 0 : -1)];
  if (secret === undefined) return [];
  const { pattern, why } = secret;
  const hit = { index: 0, through: direct === undefined ? `${effect.resource}/...` : null };
  const message = describeHit(effect, hit, pattern, `always secret: ${why}`);
  return [{ ...base(effect, "path_protected", message), ...hard, pattern }];
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

function matchList(
  effect: Effect,
  fact: PathFact,
  { patterns, set }: FilePatterns,
  policy: "protected.files" | "protected.secret_files",
): readonly Finding[] {
  const hit = patterns.length === 0 ? null : firstHit(effect, fact, set);
  const pattern = hit === null ? undefined : patterns[hit.index];
  if (hit === null || pattern === undefined) return [];
  const why = policy === "protected.files" ? "protected by the policy" : "secret by the policy";
  return [{
    ...base(effect, "path_protected", describeHit(effect, hit, pattern, why)),
    policy,
    pattern,
    sourceKey: `${policy}.${hit.index}`,
  }];
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

function outside(effect: Effect, { view }: PathFact): Finding {
  const where = view.isMounted === true
    ? "another file system is mounted there, so that it lies outside the project root"
    : "it lies outside the project root";
  return base(effect, "path_outside_root", `Cannot ${effect.verb} "${effect.resource}": ${where}`);
}

/** Verbs that put something into what is there, or change what it is. */
const fills: ReadonlySet<Effect["verb"]> = new Set(["write", "create", "chmod", "chown"]);

/** SECURITY: bytes written to a device or pipe act at once, and on no file. */
function special(effect: Effect): Finding {
  const message = `Cannot ${effect.verb} "${effect.resource}": it is a device, pipe or socket`;
  return base(effect, "path_special", message);
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
