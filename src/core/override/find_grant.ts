/**
 * Which approval, if any, lifts a denial. Law O2: it never reaches further than it says. SPEC.md,
 * "The grant".
 *
 * @module
 */
import {
  type GrantState,
  isGranting,
  type OverridesKept,
  type RequestState,
} from "../audit/override_state.ts";
import { matchesBoth } from "../decision/find_releases.ts";
import { parseGlob, PatternError } from "../operation/glob.ts";
import { compilePatternSet, type PatternSet } from "../operation/pattern_set.ts";
import type { Sha256 } from "../ports.ts";
import { findingKeys, findingKinds, type Found } from "./effects_digest.ts";
import type { OverrideTerms } from "./terms.ts";

/** A denied operation, as far as a grant looks at it. */
export interface Denied extends Found {
  readonly principal: string;
  /** See sessionKey. */
  readonly session: string;
  readonly policyDigest: string;
}

/** A request whose grant lifts the denial. */
export type Granted = RequestState & { readonly grant: GrantState };

/**
 * The first that does: a grant of this one operation before wider ones.
 *
 * @param now Seconds; never before `kept.latest`.
 */
export function findGrant(
  kept: OverridesKept,
  denied: Denied,
  { now, terms, isSigned, sha256 }: {
    readonly now: number;
    readonly terms: Pick<OverrideTerms, "grants">;
    readonly isSigned: boolean;
    readonly sha256: Sha256;
  },
): Granted | null {
  const mine = kept.requests.filter((request): request is Granted =>
    request.grant !== null && isGranting(request, now) &&
    request.principal === denied.principal && request.policy_digest === denied.policyDigest
  );
  const isAllowed = ({ grant: { kind } }: Granted) =>
    kind === "once" || (isSigned && terms.grants.includes(kind));
  return mine.filter(isAllowed).toSorted((a, b) => rank(a) - rank(b))
    .find((request) => covers(request, denied, sha256)) ?? null;
}

const rank = ({ grant: { kind } }: Granted) => kind === "once" ? 0 : kind === "session" ? 1 : 2;

function covers(request: Granted, denied: Denied, sha256: Sha256): boolean {
  const { grant } = request;
  switch (grant.kind) {
    case "once":
      return request.operation_digest === denied.operationDigest &&
        request.effects_digest === denied.effectsDigest();
    case "session":
      return request.session === denied.session &&
        areAmong(findingKeys(denied, sha256), grant.findings);
    case "pattern":
      return areAmong(findingKinds(denied.findings, sha256), grant.findings) &&
        areIn(grant.pattern, denied);
  }
}

/** SECURITY: of no findings all are among anything. */
function areAmong(keys: readonly string[], approved: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => approved.includes(key));
}

function areIn(pattern: string, { findings, facts }: Denied): boolean {
  const set = compileGrantPattern(pattern);
  return set !== null && findings.every(({ effect }) => {
    const fact = effect === undefined ? undefined : facts.paths.get(effect.resource);
    return fact !== undefined && matchesBoth(set, fact, facts.root);
  });
}

/** Null for what is no pattern. */
export function compileGrantPattern(pattern: string): PatternSet | null {
  try {
    return compilePatternSet([parseGlob(pattern)]);
  } catch (error) {
    if (error instanceof PatternError) return null;
    throw error;
  }
}
