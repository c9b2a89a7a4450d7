/**
 * The policy of one snapshot, from the bytes that were hashed. Loads both YAML readers: where a
 * kept form is at hand, kept_policy.ts does without.
 *
 * @module
 */
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { decodePolicy } from "./decode_policy.ts";
import { encodeKeptPolicy, type LoadedPolicy, refuseOtherInputs } from "./kept_policy.ts";
import { policyPositions } from "./locate.ts";
import { parsePolicy } from "./parse_policy.ts";
import { parseYaml } from "./parse_yaml.ts";

/**
 * Parses; the caller has compared the snapshot's digest with a trusted one, or is about to lint.
 *
 * @throws {EngineError} `feature_unavailable` for inputs this version cannot honour, and every
 *   refusal of parsePolicy.
 */
export function loadPolicy(snapshot: PolicySnapshot): LoadedPolicy {
  refuseOtherInputs(snapshot);
  const text = textOf(snapshot);
  const policy = parsePolicy(text, policyFile);
  return { digest: snapshot.digest, policy, positions: policyPositions(text) };
}

/** What to keep of a snapshot's policy. @throws {EngineError} As loadPolicy. */
export function keepPolicy(snapshot: PolicySnapshot): string {
  const text = textOf(snapshot);
  return encodeKeptPolicy(parseYaml(text, policyFile), policyPositions(text));
}

function textOf({ files }: PolicySnapshot): string {
  return decodePolicy(files.get(policyFile) ?? new Uint8Array(), policyFile);
}
