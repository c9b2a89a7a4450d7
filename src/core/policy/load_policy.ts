/**
 * The policy of one snapshot: from the bytes that were hashed, or from the plain values that were
 * kept when exactly these bytes were accepted.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { parseStrictJson } from "../strict_json.ts";
import { compilePolicy, decodePolicy, parsePolicy } from "./parse_policy.ts";
import type { Policy } from "./policy.ts";

export interface LoadedPolicy {
  readonly digest: string;
  readonly text: string;
  readonly policy: Policy;
}

/**
 * Parses; the caller has compared the snapshot's digest with a trusted one, or is about to lint.
 *
 * @param values Canonical JSON of the accepted plain values, its hash checked against the log; null
 *   to read the text again. Reading JSON spares a one-shot the YAML reader.
 * @throws {EngineError} `feature_unavailable` for inputs this version cannot honour, and every
 *   refusal of parsePolicy.
 */
export function loadPolicy(snapshot: PolicySnapshot, values: string | null = null): LoadedPolicy {
  for (const { path } of snapshot.inputs) {
    if (path !== policyFile) {
      throw new EngineError("feature_unavailable", `Cannot honour "${path}" in this version`, {
        hint: "remove it: a policy input is never ignored",
      });
    }
  }
  const text = decodePolicy(snapshot.files.get(policyFile) ?? new Uint8Array(), policyFile);
  const policy = values === null
    ? parsePolicy(text, policyFile)
    : compilePolicy(parseStrictJson(values, { code: "policy_syntax" }));
  return { digest: snapshot.digest, text, policy };
}
