/**
 * Runs the checks of a logged decision again, on the module and the request of then.
 *
 * @module
 */
import { type CheckRun, toCheckRun } from "../core/check/check_run.ts";
import type { CheckSpec } from "../core/check/check_spec.ts";
import type { Entry } from "../core/audit/entry.ts";
import type { PolicyInput } from "../core/audit/state.ts";
import type { Policy } from "../core/policy/policy.ts";
import { hexDigest } from "../core/integrity/hex_digest.ts";
import { compareCheck, isPassing } from "../core/replay/compare_check.ts";
import type { Difference } from "../core/replay/compare_verdicts.ts";
import { parseCheckInput } from "../core/decision/check_input.ts";
import { readInput } from "../core/replay/kept_input.ts";
import type { ReplayResult } from "../core/replay/replay_result.ts";
import type { CheckRunner, FindFile } from "./check_runner.ts";
import type { EngineParts } from "./engine.ts";

/** What a check was asked when the decision was made again. */
export interface AskedAgain {
  readonly check: CheckSpec;
  readonly request: Uint8Array;
}

export interface RerunGround {
  readonly entry: Entry;
  readonly policy: Policy;
  /** Of the policy of then. */
  readonly inputs: readonly PolicyInput[];
  readonly asked: readonly AskedAgain[];
  readonly runner: CheckRunner;
}

/** The result of the replay, with what the checks add to it; what does not agree stays so. */
export async function rerunChecks(
  result: ReplayResult,
  { entry, policy, inputs, asked, runner }: RerunGround,
  parts: Pick<EngineParts, "readKept" | "keptStatus" | "sha256">,
): Promise<ReplayResult> {
  if (result.status !== "agrees") return result;
  const kept = readInput(entry.details, parts).checks ?? [];
  const ground = { policy, findFile: keptFinder(inputs, parts) };
  const differences: Difference[] = [];
  for (const { check, request } of asked) {
    const recorded = kept.find(({ id }) => id === check.id);
    if (recorded?.request !== hexDigest(request, parts.sha256)) {
      return cannot(result, "not_replayable", `the request of ${check.id} is not kept whole`);
    }
    // What failed then for the machine's sake proves nothing by working now.
    if (isPassing(parseCheckInput(recorded))) continue;
    const missing = findMissing(check, inputs, parts);
    if (missing !== null) return cannot(result, "policy_missing", missing);
    const now: CheckRun = toCheckRun(await runner.run(check, request, ground));
    if (isPassing(now)) {
      const why = now.status === "failed" ? `${now.code}: ${now.message}` : "nobody runs it";
      return cannot(result, "check_not_run", `the check ${check.id} gives no answer now (${why})`);
    }
    differences.push(...compareCheck(recorded, now));
  }
  if (differences.length === 0) return result;
  return { ...result, status: "disagrees", message: describe(differences), differences };
}

function keptFinder(
  inputs: readonly PolicyInput[],
  { readKept }: Pick<EngineParts, "readKept">,
): FindFile {
  return (path) => {
    const sha256 = inputs.find((input) => input.path === path)?.sha256 ?? null;
    const bytes = sha256 === null ? null : readKept(sha256);
    return bytes === null || sha256 === null ? null : { bytes, sha256 };
  };
}

/** A file that was there then, and is not kept any more. */
function findMissing(
  { file, data }: CheckSpec,
  inputs: readonly PolicyInput[],
  { readKept, keptStatus }: Pick<EngineParts, "readKept" | "keptStatus">,
): string | null {
  for (const path of [file, ...(data === null ? [] : [data.file])]) {
    const input = inputs.find((each) => each.path === path);
    if (input === undefined || readKept(input.sha256) !== null) continue;
    return `the file ${path} of then is ${keptStatus(input.sha256)}`;
  }
  return null;
}

function cannot(
  { seq, decision, engine }: ReplayResult,
  code: NonNullable<ReplayResult["code"]>,
  message: string,
): ReplayResult {
  return { seq, decision, engine, status: "cannot", code, message };
}

function describe(differences: readonly Difference[]): string {
  return differences.map(({ field, recorded, replayed }) =>
    `${field} was ${JSON.stringify(recorded)}, is now ${JSON.stringify(replayed)}`
  ).join("; ");
}
