/**
 * Runs a policy's checks for its tests, in the sandbox they will be run in.
 *
 * @module
 */
import type { RunCheck } from "../../../core/decision/evidence.ts";
import type { PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import type { TestGround } from "../test_ground.ts";

/** What one case needs to be judged; null where the policy has no checks. */
export type JudgeWithChecks = <T>(judge: (runCheck: RunCheck | null) => T) => Promise<T>;

/**
 * What is not run says so and is unmeasured: where there is no folder of files to run, and where no
 * sandbox can be had. SECURITY: everything else that goes wrong denies, as it would.
 *
 * @param snapshot What the policy was read from.
 */
export async function openTestChecks(
  { checks, customOperations, tools }: Policy,
  snapshot: PolicySnapshot,
  { isFolder, ground }: { readonly isFolder: boolean; readonly ground: TestGround },
): Promise<JudgeWithChecks> {
  if (checks.length === 0) return (judge) => Promise.resolve(judge(null));
  if (!isFolder) return (judge) => Promise.resolve(judge(notRun));
  const { CheckRunner } = await import("../../../pdp/check_runner.ts");
  const { GroupChecks } = await import("../../../pdp/group_checks.ts");
  const { findInput } = await import("../../../pdp/find_input.ts");
  const runner = new CheckRunner(ground.loadSandbox);
  const findFile = findInput(snapshot);
  return async (judge) => {
    const group = new GroupChecks({ ...ground, runner });
    const runCheck = group.at({ policy: { customOperations, tools }, findFile });
    return await group.withChecks(() => {
      const result = judge((check, request) => toTested(runCheck(check, request)));
      group.requireAll();
      return Promise.resolve(result);
    });
  };
}

const notRun: RunCheck = () => ({ run: { status: "not_run" }, facts: null, request: "" });

/** A sandbox that cannot be had says nothing about the policy. */
function toTested(found: ReturnType<RunCheck>): ReturnType<RunCheck> {
  const { run } = found;
  const isMissing = run.status === "failed" && run.code === "sandbox_unavailable" &&
    found.facts !== null;
  return isMissing ? { ...found, run: { status: "not_run" } } : found;
}
