/**
 * What an operation would do and what the policy says of it, as a name: an approval of one thing is
 * none of another, also where a link was turned between the two. SPEC.md, "The request".
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import type { Finding } from "../decision/decision.ts";
import type { Facts } from "../decision/facts.ts";
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
    const real = kind === "path" ? facts.paths.get(resource)?.view.real ?? null : null;
    return [kind, verb, resource, real, isPossible === true];
  });
  const said = own(findings).map((
    { policy, code, effect },
  ) => [policy, code, effect?.verb ?? null, effect?.resource ?? null]);
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

/** What a grant for more than one operation lifts: each finding by all it names, as 16 hex digits. */
export function findingKeys(findings: readonly Finding[], sha256: Sha256): readonly string[] {
  return keysOf(
    findings,
    sha256,
    ({ policy, code, effect }) => [policy, code, effect?.verb ?? null, effect?.resource ?? null],
  );
}

/** The same without the resources: those a pattern covers. */
export function findingKinds(findings: readonly Finding[], sha256: Sha256): readonly string[] {
  return keysOf(
    findings,
    sha256,
    ({ policy, code, effect }) => [policy, code, effect?.verb ?? null],
  );
}

function keysOf(
  findings: readonly Finding[],
  sha256: Sha256,
  name: (finding: Finding) => Json,
): readonly string[] {
  const keys = own(findings).map((finding) => {
    const hash = sha256(new TextEncoder().encode(JSON.stringify(name(finding))));
    return encodeHex(hash).slice(0, 16);
  });
  return [...new Set(keys)].sort();
}

/** What memory alone denies: a grant forgets it. */
export function own(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ code }) => code !== "denied_before");
}

function sorted(list: readonly Json[]): Json {
  return [...new Set(list.map((each) => JSON.stringify(each)))].sort();
}
