/**
 * The policy of one snapshot, parsed from the bytes that were hashed.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { decodePolicy, parsePolicy } from "./parse_policy.ts";
import type { Policy } from "./policy.ts";

export interface LoadedPolicy {
  readonly digest: string;
  readonly text: string;
  readonly policy: Policy;
}

/**
 * Parses; the caller has compared the snapshot's digest with a trusted one, or is about to lint.
 *
 * @throws {EngineError} `feature_unavailable` for inputs this version cannot honour, and every
 *   refusal of parsePolicy.
 */
export function loadPolicy(snapshot: PolicySnapshot): LoadedPolicy {
  for (const { path } of snapshot.inputs) {
    if (path !== policyFile) {
      throw new EngineError("feature_unavailable", `Cannot honour "${path}" in this version`, {
        hint: "remove it: a policy input is never ignored",
      });
    }
  }
  const text = decodePolicy(snapshot.files.get(policyFile) ?? new Uint8Array(), policyFile);
  return { digest: snapshot.digest, text, policy: parsePolicy(text, policyFile) };
}
