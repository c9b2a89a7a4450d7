/**
 * `sealward audit prove SEQ`: a proof that an entry is in the log, for whoever has only its public
 * key.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { parseCount } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

export const auditProveCommand: Command<CliContext> = {
  path: ["audit", "prove"],
  summary: "Prove to an outsider that an entry is in the log",
  description:
    "Prints a C2SP tlog-proof: the entry's line, the way to the root of the tree, and a " +
    "signed checkpoint. audit verify-proof checks it without the log and without its secret.",
  examples: [
    { command: "sealward audit prove 17 > 17.tlog-proof", what: "about a kilobyte and the line" },
  ],
  flags: [],
  positionals: [
    { name: "SEQ", required: true, variadic: false, description: "Number of the entry" },
  ],
  exits: [[0, "printed"], [1, "could not look"], [5, "the log does not verify"]],
  run: runAuditProve,
};

async function runAuditProve(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const seq = parseCount("SEQ", parsed.positionals[0] ?? null);
  if (seq === null) throw usageError("No entry was named", "give its number");
  const proof = await context.host.proveEntry(parsed.flags.text("root"), seq);
  const text = parsed.format === "table"
    ? proof
    : renderJson({ schema_version: 1, seq, proof }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
