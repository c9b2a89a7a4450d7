/**
 * `sealward drift`: where the workspace's policy is not the installed one.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import type { DriftReport } from "../../../core/integrity/compare_drift.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const driftCommand: Command<CliContext> = {
  path: ["drift"],
  summary: "Compare the project's policy with the installed one",
  description: "In a guarded install the project's .scalpel/ is a proposal. This names each file " +
    "that differs, and says whether the proposal is signed, newer or older. A difference is no " +
    "fault: the installed policy stands until root installs another.",
  examples: [{ command: "sealward drift", what: "what `policy install` would change" }],
  flags: [],
  exits: [
    [0, "no difference, or nothing is proposed"],
    [1, "could not look"],
    [2, "the project's policy differs"],
    [64, "not a guarded install"],
  ],
  run: runDrift,
};

async function runDrift(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const keeper = await context.host.guardKeeper();
  const report = await keeper.readDrift(parsed.flags.text("root"));
  const text = parsed.format === "table"
    ? renderDrift(report)
    : renderJson({ schema_version: 1, ...report }, parsed.format);
  printAnswer(context, parsed, text);
  return report.status === "none" ? 0 : 2;
}

function renderDrift({ message, files }: DriftReport): string {
  const rows = files.map(({ path, change, installed_sha256: from, proposed_sha256: to }) =>
    `  ${change.padEnd(7)}  ${oneLine(path)}  ${short(from)} -> ${short(to)}\n`
  );
  return `${oneLine(message)}\n${rows.join("")}`;
}

function short(digest: string | null): string {
  return digest?.slice(0, 12) ?? "none";
}
