/**
 * `sealward audit rotate`: closes the segment that is appended to.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const auditRotateCommand: Command<CliContext> = {
  path: ["audit", "rotate"],
  summary: "Close the log's segment, begin the next",
  description:
    "Verifies the segment once more, seals it and goes on in a new file. Note the head " +
    "code elsewhere: it is an anchor.",
  examples: [{ command: "sealward audit rotate", what: "segment, entries, SHA-256, head code" }],
  flags: [],
  exits: [[0, "closed"], [1, "could not write"], [5, "log tampered with: nothing was closed"]],
  run: runAuditRotate,
};

async function runAuditRotate(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const keeper = await context.host.auditKeeper(parsed.flags.text("root"));
  const facts = await keeper.rotate();
  const text = parsed.format === "table"
    ? `closed segment ${facts.segment}: ${facts.entries} entries, ${facts.bytes} bytes\n` +
      `  sha256     ${facts.sha256}\n` +
      `  head code  ${facts.head_code}\n`
    : renderJson({ schema_version: 1, ...facts }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
