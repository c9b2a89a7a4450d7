/**
 * What root does about guarded installs (edge/cli/guard_keeper.ts), on this machine.
 *
 * @module
 */
import type { GuardKeeper } from "../../edge/cli/guard_keeper.ts";
import type { Surroundings } from "../environment.ts";
import { requireGuardedLayout } from "./guarded_layout.ts";

export function createGuardKeeper(surroundings: Surroundings): GuardKeeper {
  return {
    plan: async (request) =>
      await (await import("./plan_guarded.ts")).planGuarded(surroundings, request),
    planPolicy: async (root) =>
      await (await import("./plan_policy.ts")).planPolicy(surroundings, root),
    readDrift: async (root) => {
      const { readDrift } = await import("./read_drift.ts");
      return await readDrift(surroundings, requireGuardedLayout(surroundings, root));
    },
  };
}
