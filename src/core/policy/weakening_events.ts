/**
 * The entries that say: from here on the policy in force enforces less, or all of it again.
 *
 * @module
 */
import type { NewEvent } from "../audit/entry.ts";
import { type WeakenedState, weakenedTypes } from "../audit/weakened_state.ts";
import type { Policy } from "./policy.ts";

/** Settings by which a policy enforces less than it says, as they stand in it. */
function listWeakenings({ enforcement }: Policy): readonly string[] {
  const { enabled, failClosed, mode } = enforcement;
  return [
    ...(enabled ? [] : ["enforcement.enabled: false"]),
    ...(failClosed ? [] : ["enforcement.fail_closed: false"]),
    ...(mode === "enforce" ? [] : [`enforcement.mode: ${mode}`]),
  ];
}

/** One entry per change; none while the same policy stays in force. */
export function weakeningEvents(
  { policy, digest }: { readonly policy: Policy; readonly digest: string },
  { weakened }: WeakenedState,
): readonly NewEvent[] {
  const settings = listWeakenings(policy);
  if (settings.length === 0) {
    if (weakened === null) return [];
    const details = { policy_digest: digest, settings: weakened.settings };
    return [{ type: weakenedTypes.restored, severity: "HIGH", details }];
  }
  if (weakened?.policy_digest === digest) return [];
  const details = { policy_digest: digest, settings };
  return [{ type: weakenedTypes.weakened, severity: "CRITICAL", details }];
}
