/**
 * `sealward checks bench`: what a module costs, in time and fuel.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { CheckJob } from "../../../core/check/check_job.ts";
import { EngineError, oneLine } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { findJob } from "../../../pdp/check_runner.ts";
import { renderBench } from "../../check_report/render_bench.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { CliContext, Host } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { readTrialOperation, trialRequest } from "./ask_trial.ts";
import { moduleFlags, operationFlag } from "./check_flags.ts";
import { type CheckTrial, placeOf, readTrial } from "./check_trial.ts";
import { findCheck, readCheckedPolicy } from "./checked_policy.ts";
import { printAnswer } from "./print.ts";

/** Whichever comes first. */
const maxLoads = 20;
const maxLoadMs = 3_000;
const maxRuns = 1_000;
const maxRunMs = 3_000;

export const checksBenchCommand: Command<CliContext> = {
  path: ["checks", "bench"],
  summary: "Measure what a module costs",
  description: `Loads a module up to ${maxLoads} times and runs it up to ${maxRuns} times on one ` +
    `operation, for ${
      (maxLoadMs + maxRunMs) / 1_000
    } seconds at most, and shows medians. Fuel is ` +
    "the same at each run; times are those of this machine, the way to the process included.",
  examples: [
    { command: "sealward checks bench a.wasm --operation op.json", what: "a module" },
    {
      command: "sealward checks bench no-secrets --operation op.json",
      what: "a check of the policy",
    },
  ],
  flags: [operationFlag, ...moduleFlags],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "A module, or the id of a check of the policy here",
  }],
  exits: [
    [0, "measured"],
    [1, "it gave no answer, or a file could not be read"],
    [3, "the module is refused, there is no such check, or the operation is invalid"],
  ],
  run: runChecksBench,
};

async function runChecksBench(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const workshop = await host.openCheckWorkshop({ root: parsed.flags.text("root"), runs: "one" });
  try {
    const operation = await readTrialOperation(host, parsed);
    const trial = await chooseTrial(host, workshop, parsed);
    const { id, settings } = trial;
    const request = await trialRequest(workshop, { id, settings }, operation);
    const loadMs = await timeLoads(workshop, trial);
    const { wallMicros, fuel } = await timeRuns(workshop, trial, request);
    const { file, sha256: hash, job: { abi }, isolation } = trial;
    const report = { file, sha256: hash, abi, isolation, requestBytes: request.length };
    const text = renderBench(
      { ...report, loadMs, wallMicros, fuel },
      context.render(parsed.format),
    );
    printAnswer(context, parsed, text);
    return 0;
  } finally {
    await workshop.close();
  }
}

async function chooseTrial(
  host: Host,
  workshop: CheckWorkshop,
  parsed: ParsedArguments,
): Promise<CheckTrial> {
  const [name = ""] = parsed.positionals;
  const isId = /^[a-z][a-z0-9_-]{0,63}$/.test(name) && !host.exists(host.absolute(name));
  if (!isId) return await readTrial(host, workshop, parsed);
  const flag = moduleFlags.find((each) => parsed.flags.isSet(each.name));
  if (flag !== undefined) {
    throw usageError(
      `Cannot use --${flag.name} with a check of the policy`,
      "name its file instead",
    );
  }
  const read = await readCheckedPolicy(host, workshop, {
    root: parsed.flags.text("root"),
    named: null,
  });
  const check = findCheck(read, name);
  const job = findJob(check, read.findFile);
  if (!("module" in job)) throw refused(name, `hash_mismatch: ${job.why}`);
  const { id, file, settings, isolation } = check;
  const hash = encodeHex(sha256(job.module));
  return { id, file, sha256: hash, job, isGuessed: false, settings, isolation };
}

/** Each under a name of its own, so that it is loaded anew. */
async function timeLoads(workshop: CheckWorkshop, trial: CheckTrial): Promise<readonly number[]> {
  const times: number[] = [];
  const endMs = performance.now() + maxLoadMs;
  for (let i = 0; i < maxLoads && (i === 0 || performance.now() < endMs); i++) {
    const start = performance.now();
    const failure = await workshop.load(`load ${i}`, trial.job, trial.isolation);
    if (failure !== null) {
      throw refused(trial.file, `${failure.code}: ${failure.message}${placeOf(failure)}`);
    }
    times.push(performance.now() - start);
  }
  return times;
}

async function timeRuns(
  workshop: CheckWorkshop,
  { file, job, isolation }: Pick<CheckTrial, "file" | "isolation"> & { readonly job: CheckJob },
  request: Uint8Array,
): Promise<{ readonly wallMicros: readonly number[]; readonly fuel: readonly number[] }> {
  const wallMicros: number[] = [];
  const fuel: number[] = [];
  const endMs = performance.now() + maxRunMs;
  for (let i = 0; i < maxRuns && (i === 0 || performance.now() < endMs); i++) {
    const start = performance.now();
    const outcome = await workshop.run("load 0", job, { request, isolation });
    if (outcome.status === "failed") throw noAnswer(file, `${outcome.code}: ${outcome.message}`);
    wallMicros.push((performance.now() - start) * 1_000);
    fuel.push(outcome.fuel);
  }
  return { wallMicros, fuel };
}

function refused(file: string, why: string): EngineError {
  return new EngineError("check_refused", `Cannot load "${oneLine(file, 120)}": ${oneLine(why)}`, {
    hint: "`sealward checks inspect FILE` says more",
  });
}

function noAnswer(file: string, why: string): EngineError {
  const message = `Cannot measure "${oneLine(file, 120)}": no answer: ${oneLine(why)}`;
  return new EngineError("check_unanswered", message, {
    hint: "`sealward checks run` shows one run",
  });
}
