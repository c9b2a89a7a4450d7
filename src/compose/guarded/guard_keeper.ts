/**
 * What root does about guarded installs (edge/cli/guard_keeper.ts), on this machine.
 *
 * @module
 */
import type { GuardKeeper } from "../../edge/cli/guard_keeper.ts";
import type { Surroundings } from "../environment.ts";

export function createGuardKeeper(surroundings: Surroundings): GuardKeeper {
  return {
    plan: async (request) =>
      await (await import("./plan_guarded.ts")).planGuarded(surroundings, request),
  };
}
