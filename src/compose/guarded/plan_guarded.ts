/**
 * `init --guarded`: everything that can be refused is refused before anything is made.
 *
 * @module
 */
import { proposalOf } from "../../adapter/layout.ts";
import { EngineError } from "../../core/errors.ts";
import type { GuardedPlan, GuardedRequest } from "../../edge/cli/guard_keeper.ts";
import { isSecretGiven } from "../create_install.ts";
import type { Surroundings } from "../environment.ts";
import { readFirstPolicy } from "./first_policy.ts";
import { planSetup } from "./plan_setup.ts";
import { requireRoot } from "./require_root.ts";

/**
 * @throws {EngineError} `wrong_user` unless root asks, and for users that cannot be what they are
 *   named for; `already_initialized`, `guard_unsafe`, `usage`; what stands against the policy.
 */
export async function planGuarded(
  surroundings: Surroundings,
  request: GuardedRequest,
): Promise<GuardedPlan> {
  requireRoot(surroundings, "sets up a guarded install");
  if (isSecretGiven(surroundings)) throw secretGiven();
  const { root } = planSetup(request);
  const keys = await surroundings.readTrustedKeys();
  const policy = await readFirstPolicy(proposalOf(root), request.isGuide, keys);
  return {
    snapshot: policy.snapshot,
    isOwn: policy.isOwn,
    run: async () => {
      const { createGuarded } = await import("./create_guarded.ts");
      return await createGuarded(surroundings, request, policy);
    },
  };
}

function secretGiven(): EngineError {
  return new EngineError(
    "usage",
    "Cannot use an audit secret of the environment in a guarded install",
    {
      hint: "unset SCALPEL_AUDIT_SECRET*: the engine makes its own, where only it can read it",
    },
  );
}
