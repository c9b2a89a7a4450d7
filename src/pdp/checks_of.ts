/**
 * The checks of one commit; what runs them is loaded where the policy has any.
 *
 * @module
 */
import type { Policy } from "../core/policy/policy.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { RunCheck } from "../core/decision/evidence.ts";
import type { EngineParts } from "./engine.ts";
import { findInput } from "./find_input.ts";
import type { GroupChecks } from "./group_checks.ts";
import { Needed } from "./needed.ts";

type CheckParts = Pick<EngineParts, "loadSandbox" | "sha256" | "nowMicros">;

/** One for each engine: what was tried once is not tried again. */
export interface CheckBench {
  readonly startGroup: () => Checks;
}

/** One for each commit. */
export interface Checks {
  /** Null for a policy without checks. @throws {Needed} The first time. */
  readonly at: (policy: Policy | null, snapshot: PolicySnapshot | null) => RunCheck | null;
  /** Throws, for withChecks, when an answer is missing; call it before anything is written. */
  readonly requireAll: () => void;
  readonly withChecks: <T>(act: () => Promise<T>) => Promise<T>;
}

/** Reads through the parts. */
export function createCheckBench(parts: CheckParts): CheckBench {
  let create: (() => GroupChecks) | null = null;
  const load = async (): Promise<void> => {
    const { CheckRunner } = await import("./check_runner.ts");
    const { GroupChecks } = await import("./group_checks.ts");
    const runner = new CheckRunner(parts.loadSandbox);
    create ??= () => new GroupChecks({ ...parts, runner });
  };
  return {
    startGroup: () => {
      let group: GroupChecks | null = null;
      return {
        at: (policy, snapshot) => {
          if (policy === null || snapshot === null || policy.checks.length === 0) return null;
          if (create === null) throw new Needed(load);
          group ??= create();
          return group.at({ policy, findFile: findInput(snapshot) });
        },
        requireAll: () => group?.requireAll(),
        withChecks: (act) => {
          // Before anything is loaded the first thing a policy with checks asks for is that.
          if (create !== null) group ??= create();
          return group === null ? act() : group.withChecks(act);
        },
      };
    },
  };
}
