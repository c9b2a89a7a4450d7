/**
 * Policy text to Policy, all or nothing. Locations of semantic errors are filled in by locate.ts.
 * Loaded only where values were not kept: the YAML reader is half of what a one-shot would load.
 *
 * @module
 */
import { compilePolicy } from "./compile_policy.ts";
import { checkPolicySize } from "./decode_policy.ts";
import { parseYaml } from "./parse_yaml.ts";
import type { Policy } from "./policy.ts";
import { requireSoundKeys } from "./require_sound_keys.ts";

/**
 * Parses a policy. Pure; the same text gives the same policy.
 *
 * @param text At most maxPolicyBytes characters (decodePolicy has counted the bytes).
 * @param file For errors only.
 * @throws {PolicyError} `policy_invalid` or `feature_unavailable`, with the node's path and no
 *   location: see withLocation.
 * @throws {EngineError} `policy_syntax` with a location, or `policy_too_large`.
 * @see SPEC.md
 */
export function parsePolicy(text: string, file: string): Policy {
  checkPolicySize(text.length, file);
  return requireSoundKeys(compilePolicy(parseYaml(text, file)));
}
