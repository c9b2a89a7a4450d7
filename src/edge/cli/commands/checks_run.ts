/**
 * `sealward checks run`: tries a module on one operation, whether or not a policy names it.
 *
 * @module
 */
import { renderTrial, trialExit, type TrialReport } from "../../check_report/trial_report.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { readTrialOperation, trialRequest } from "./ask_trial.ts";
import { moduleFlags, operationFlag } from "./check_flags.ts";
import { readTrial, trialKey } from "./check_trial.ts";
import { printAnswer } from "./print.ts";

export const checksRunCommand: Command<CliContext> = {
  path: ["checks", "run"],
  summary: "Try a module on one operation",
  description:
    "Runs a module once, pinned or not, and shows what it found, what that cost, and what " +
    "it printed. Decides nothing, and nothing is logged. It runs in a process of its own that can " +
    "read, write and reach nothing; --isolation inline runs it in this one.",
  examples: [
    { command: "sealward checks run a.wasm --operation op.json", what: "what it says of it" },
    {
      command: "sealward checks run a.wasm --operation - --limit fuel=100000 < op.json",
      what: "with less fuel",
    },
  ],
  flags: [operationFlag, ...moduleFlags],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "A module, in .scalpel/checks/ or anywhere else",
  }],
  exits: [
    [0, "it found nothing"],
    [1, "it gave no answer, which in a policy denies; or a file could not be read"],
    [2, "it found a violation"],
    [3, "the module is refused, or the operation is invalid"],
    [64, "no operation, or no such limit"],
  ],
  run: runChecksRun,
};

async function runChecksRun(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const runs = parsed.flags.text("isolation") === "inline" ? "nothing" : "one";
  const workshop = await host.openCheckWorkshop({ root: parsed.flags.text("root"), runs });
  try {
    const operation = await readTrialOperation(host, parsed);
    const trial = await readTrial(host, workshop, parsed);
    const { id, settings, job, isolation } = trial;
    const request = await trialRequest(workshop, { id, settings }, operation);
    const outcome = await workshop.run(trialKey(trial), job, { request, isolation });
    const { fuel, fuelPerInputByte, startFuel } = job.limits;
    const report: TrialReport = {
      ...{ file: trial.file, sha256: trial.sha256, abi: job.abi, isGuessed: trial.isGuessed },
      ...{ isolation, outcome, requestBytes: request.length },
      maxFuel: fuel + fuelPerInputByte * request.length + startFuel,
    };
    printAnswer(context, parsed, renderTrial(report, context.render(parsed.format)));
    return trialExit(report);
  } finally {
    await workshop.close();
  }
}
