/**
 * Tries a check of a policy as an engine does before the check's first word counts, and says what
 * came of each step instead of the first that failed.
 *
 * @module
 */
import type { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckJob } from "../core/check/check_job.ts";
import { checkMeaning } from "../core/check/check_meaning.ts";
import type { CheckIsolation, CheckSpec } from "../core/check/check_spec.ts";
import { operationRequest, settingsRequest } from "../core/check/operation_request.ts";
import type { TimedOutcome } from "../core/check/sandbox_port.ts";
import { planEffects } from "../core/operation/plan_effects.ts";
import type { Policy } from "../core/policy/policy.ts";
import { compareTest, type FindFile, findJob, takesSettings } from "./check_runner.ts";
import { loadToolReader } from "./load_tool_reader.ts";

/** Where it is tried. Neither member rejects. */
export interface TrialSandbox {
  /** Null: it can run. */
  readonly load: (
    key: string,
    job: CheckJob,
    isolation: CheckIsolation,
  ) => Promise<CheckFailure | null>;
  readonly run: (
    key: string,
    job: CheckJob,
    asked: { readonly request: Uint8Array; readonly isolation: CheckIsolation },
  ) => Promise<TimedOutcome>;
}

/** One step. */
export interface TrialStep {
  /** `files`, `load`, `settings`, or `test N`. */
  readonly name: string;
  readonly hasPassed: boolean;
  /** What went wrong, untrusted; empty where nothing did. */
  readonly message: string;
  /** Null where nothing was run. */
  readonly fuel: number | null;
  readonly wallMicros: number | null;
}

export interface TrialGround {
  readonly policy: Pick<Policy, "customOperations" | "tools">;
  readonly findFile: FindFile;
  readonly sandbox: TrialSandbox;
}

/** The steps up to the first without which the others mean nothing; then every test. */
export async function tryCheck(
  check: CheckSpec,
  { policy, findFile, sandbox }: TrialGround,
): Promise<readonly TrialStep[]> {
  const job = findJob(check, findFile);
  if (!("module" in job)) return [failed("files", `hash_mismatch: ${job.why}`)];
  const { isolation } = check;
  const key = checkMeaning(check);
  const refusal = await sandbox.load(key, job, isolation);
  const steps = [passed("files")];
  if (refusal !== null) return [...steps, failed("load", `${refusal.code}: ${refusal.message}`)];
  steps.push(passed("load"));
  if (takesSettings(check)) {
    const request = settingsRequest(check);
    const outcome = await sandbox.run(key, job, { request, isolation });
    steps.push(toStep("settings", outcome, settingsFault(outcome)));
  }
  const reader = await loadToolReader(check.tests.map(({ operation }) => operation));
  const planTool = reader?.createPlanner(policy.tools) ?? null;
  for (const [index, test] of check.tests.entries()) {
    // As the engine asks its tests: what a command line starts is not looked up on this disk.
    const { effects } = planEffects(test.operation, policy.customOperations, null, planTool);
    const request = operationRequest(check, test.operation, effects);
    const outcome = await sandbox.run(key, job, { request, isolation });
    steps.push(toStep(`test ${index + 1}`, outcome, compareTest(test, outcome)));
  }
  return steps;
}

function settingsFault(outcome: TimedOutcome): string | null {
  if (outcome.status === "failed") return `${outcome.code}: ${outcome.message}`;
  const [first] = outcome.violations;
  return first === undefined ? null : `settings_refused: ${first.code}: ${first.message}`;
}

function toStep(name: string, outcome: TimedOutcome, fault: string | null): TrialStep {
  const { fuel, wallMicros } = outcome;
  return { name, hasPassed: fault === null, message: fault ?? "", fuel, wallMicros };
}

function passed(name: string): TrialStep {
  return { name, hasPassed: true, message: "", fuel: null, wallMicros: null };
}

function failed(name: string, message: string): TrialStep {
  return { name, hasPassed: false, message, fuel: null, wallMicros: null };
}
