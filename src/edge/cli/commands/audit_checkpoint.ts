/**
 * `sealward audit checkpoint`: what the log is now, signed, to be kept where its host cannot reach.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const auditCheckpointCommand: Command<CliContext> = {
  path: ["audit", "checkpoint"],
  summary: "Print a signed checkpoint of the log",
  description:
    "A C2SP signed note: the log's name, its number of entries and the root of the tree " +
    "over them. Keep it elsewhere; audit verify --checkpoint finds a log that was cut, rolled back " +
    "or replaced since.",
  examples: [
    { command: "sealward audit checkpoint > monday.note", what: "keep the file on another host" },
  ],
  flags: [],
  exits: [[0, "printed"], [1, "could not look or write"], [5, "the log does not verify"]],
  run: runAuditCheckpoint,
};

async function runAuditCheckpoint(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const note = await context.host.checkpointLog(parsed.flags.text("root"));
  const text = parsed.format === "table"
    ? note
    : renderJson({ schema_version: 1, checkpoint: note }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
