/**
 * `sealward replay`: makes logged decisions again, from the log and what is kept beside it.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { ReplayResult } from "../../../core/replay/replay_result.ts";
import type { SeqRange } from "../../../core/replay/seq_range.ts";
import { renderReplay } from "../../render_replay.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { worstExit } from "./decision_exit.ts";
import { printAnswer } from "./print.ts";

export const replayCommand: Command<CliContext> = {
  path: ["replay"],
  summary: "Make a logged decision again and compare",
  description:
    "Reads the verified log and the inputs kept beside it, and nothing else of the disk: " +
    "neither the policy in force now nor the files of the project count. Ranges and --all show " +
    "only what does not agree. What checks found is taken from the log; with --checks their modules " +
    "of then are run again on what they were asked.\n\n" +
    "With --candidate every decision (of the range, or of all) is judged under that policy instead, " +
    "and what would change is shown by kind; nothing of the candidate comes into force. What was " +
    "not recorded then is counted as not judged, never as the same (docs/policy-tests.md).",
  examples: [
    { command: "sealward replay 17", what: "one entry" },
    { command: "sealward replay 17..40", what: "the decisions among these entries" },
    { command: "sealward replay --all --json", what: "every decision, counted" },
    { command: "sealward replay --candidate new.yaml", what: "what another policy would change" },
    {
      command: "sealward replay --candidate new.yaml --report backtest.json",
      what: "the same as a file, for `sealward policy sign --backtest`",
    },
  ],
  flags: [
    { name: "all", kind: "boolean", description: "Every decision of the log" },
    {
      name: "candidate",
      kind: "string",
      value: "FILE",
      description: "Judge by this policy, and show what would change",
    },
    {
      name: "report",
      kind: "string",
      value: "FILE",
      description: "With --candidate: write the backtest report here, too",
    },
    {
      name: "checks",
      kind: "boolean",
      description: "Run checks again, too: the same violations, the same fuel",
    },
  ],
  positionals: [{
    name: "SEQ",
    required: false,
    variadic: false,
    description: "An entry, or FIRST..LAST",
  }],
  formats: ["table", "json", "jsonl"],
  exits: [
    [0, "every decision is the same again"],
    [1, "one cannot be made again: input_missing, or another code"],
    [2, "with --candidate: one would be another"],
    [3, "there is no decision, or the candidate is no policy"],
    [5, "one is another now, or the chain does not verify"],
  ],
  run: runReplay,
};

interface Wanted {
  readonly first: number;
  readonly last: number;
  readonly isOne: boolean;
}

async function runReplay(context: CliContext, parsed: ParsedArguments): Promise<number> {
  if (parsed.flags.text("candidate") !== null) {
    if (parsed.flags.isSet("checks")) {
      throw usageError("Flag --checks is given with --candidate", "nothing is run for a candidate");
    }
    const { replayCandidate } = await import("./replay_candidate.ts");
    return await replayCandidate(context, parsed, parseCandidateRange(parsed));
  }
  if (parsed.flags.isSet("report")) {
    throw usageError("Flag --report is given without --candidate", "name the policy to judge by");
  }
  const wanted = parseWanted(parsed);
  const runsChecks = parsed.flags.isSet("checks");
  const root = parsed.flags.text("root");
  const install = await context.host.open({ root, role: "one-shot", runsChecks });
  try {
    const counts = { agrees: 0, disagrees: 0, cannot: 0 };
    const shown: ReplayResult[] = [];
    for await (const result of install.engine.replay(wanted, { runsChecks })) {
      counts[result.status]++;
      if (wanted.isOne || result.status !== "agrees") shown.push(result);
    }
    const total = counts.agrees + counts.disagrees + counts.cannot;
    if (total === 0) throw missing(wanted);
    printAnswer(context, parsed, renderReplay(shown, counts, context.render(parsed.format)));
    const { disagrees, cannot } = counts;
    return worstExit([disagrees > 0 ? 5 : 0, cannot > 0 ? 1 : 0]);
  } finally {
    await install.close();
  }
}

function missing({ first, last, isOne }: Wanted): EngineError {
  const what = isOne
    ? `entry ${first} is none, or not there`
    : `there is none from entry ${first} to ${last === Infinity ? "the end" : last}`;
  return new EngineError("decision_missing", `Cannot replay a decision: ${what}`, {
    hint: "see `sealward audit query --type audit.decision`",
  });
}

/** All of the log where nothing is said. */
function parseCandidateRange(parsed: ParsedArguments): SeqRange {
  const isPart = parsed.positionals.length > 0 || parsed.flags.isSet("all");
  if (parsed.positionals.length > 0 && parsed.flags.isSet("report")) {
    // Whoever signs by it would take a part for the whole.
    throw usageError("A backtest report is about the whole log", "leave out the range or --report");
  }
  return isPart ? parseWanted(parsed) : { first: 0, last: Infinity };
}

function parseWanted({ flags, positionals: [text] }: ParsedArguments): Wanted {
  const isAll = flags.isSet("all");
  if (isAll === (text !== undefined)) {
    throw usageError("Name one entry, a range, or --all", "for example: sealward replay 17");
  }
  if (text === undefined) return { first: 0, last: Infinity, isOne: false };
  const [, first, last] = /^(0|[1-9]\d{0,14})(?:\.\.(0|[1-9]\d{0,14}))?$/.exec(text) ?? [];
  if (first === undefined) {
    throw usageError(`Cannot read "${text}"`, "give a number, or two like 17..40");
  }
  return { first: Number(first), last: Number(last ?? first), isOne: last === undefined };
}
