/**
 * What an operation would do and what the policy says of it, as a name: an approval of one thing is
 * none of another, also where a link was turned between the two. SPEC.md, "The request".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import type { Finding } from "../decision/decision.ts";
import type { Facts, PathFact } from "../decision/facts.ts";
import type { Effect } from "../operation/effect.ts";
import type { Json } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";

/** `sha256:` and 64 hex digits; order and duplicates say nothing. */
export function effectsDigest(
  { effects, findings, facts, texts }: {
    readonly effects: readonly Effect[];
    readonly findings: readonly Finding[];
    readonly facts: Facts;
    /** Scripts that were read, by path: what was approved is what was in them. */
    readonly texts: ReadonlyMap<string, string | null>;
  },
  sha256: Sha256,
): string {
  const done = effects.map(({ verb, resource, kind, isPossible }) => {
    const fact = kind === "path" ? facts.paths.get(resource) : undefined;
    const along = verb === "read" ? [] : fact?.below ?? [];
    return [kind, verb, resource, fact?.view.real ?? null, isPossible === true, namesOf(along)];
  });
  const said = own(findings).map((
    { policy, code, effect, check },
  ) => [policy, code, effect?.verb ?? null, effect?.resource ?? null, ...ownCode(check)]);
  const read = [...texts].map((
    [path, text],
  ) => [path, text === null ? null : encodeHex(sha256(new TextEncoder().encode(text)))]);
  const text = canonicalize({
    effects: sorted(done),
    findings: sorted(said),
    texts: sorted(read),
  });
  return `sha256:${encodeHex(sha256(new TextEncoder().encode(text)))}`;
}

/**
 * What a change takes along: what lies in a folder, other names of a file. SECURITY: a folder that was
 * filled after the approval, or a second name that was made then, is not what was approved.
 */
function namesOf(views: readonly PathFact["view"][]): Json {
  return [...new Set(views.map(({ real, lexical }) => real ?? lexical))].sort();
}

/** What was found, and of which operation. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly facts: Facts;
  readonly operationDigest: string;
  /** See effectsDigest. */
  readonly effectsDigest: () => string;
}

/** These name what they are about, a line of the policy, also where they name no effect. */
const namedCodes: ReadonlySet<string> = new Set([
  ...["rule_matched", "limit_exceeded", "budget_exceeded"] as const,
]);

/**
 * What a grant for a session lifts: each finding by all it names, as 16 hex digits. SECURITY: the file
 * is what it really leads to, or a link could be turned after the approval; and what names nothing
 * ("nothing allows this", "nobody knows what that does") is about this one operation.
 */
export function findingKeys(found: Found, sha256: Sha256): readonly string[] {
  const { facts, operationDigest, effectsDigest } = found;
  return keysOf(found.findings, sha256, ({ policy, code, effect, check }) => {
    // SECURITY: what a check found is in the content, which the effect does not name.
    if (check !== undefined) {
      const said = [effect?.verb ?? null, effect?.resource ?? null, check.code];
      return [policy, code, ...said, operationDigest, effectsDigest()];
    }
    if (effect !== undefined) {
      const real = facts.paths.get(effect.resource)?.view.real ?? null;
      return [policy, code, effect.verb, effect.resource, real];
    }
    return namedCodes.has(code) ? [policy, code] : [policy, code, operationDigest, effectsDigest()];
  });
}

/** Without what they name: a pattern covers that. Whoever asks looks at the resources. */
export function findingKinds(findings: readonly Finding[], sha256: Sha256): readonly string[] {
  return keysOf(
    findings,
    sha256,
    ({ policy, code, effect, check }) => [policy, code, effect?.verb ?? null, ...ownCode(check)],
  );
}

/** Nothing for what no check says, so that names of before stay. */
function ownCode(check: Finding["check"]): readonly string[] {
  return check === undefined ? [] : [check.code];
}

function keysOf(
  findings: readonly Finding[],
  sha256: Sha256,
  name: (finding: Finding) => Json,
): readonly string[] {
  // SECURITY: what memory denies counts here. A grant forgets the denial it is for, and no other.
  const keys = findings.map((finding) => {
    const hash = sha256(new TextEncoder().encode(JSON.stringify(name(finding))));
    return encodeHex(hash).slice(0, 16);
  });
  return [...new Set(keys)].sort();
}

/** Without what memory alone denies: whoever approves one operation has seen all it would do. */
function own(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ code }) => code !== "denied_before");
}

function sorted(list: readonly Json[]): Json {
  return [...new Set(list.map((each) => JSON.stringify(each)))].sort();
}
