/**
 * `sealward audit archive`: copies closed segments elsewhere, each with a proof.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import { renderJson } from "../../render.ts";
import type { ArchiveReport } from "../audit_keeper.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { parseRange } from "./parse_segments.ts";
import { printAnswer } from "./print.ts";

export const auditArchiveCommand: Command<CliContext> = {
  path: ["audit", "archive"],
  summary: "Copy closed segments elsewhere, with proofs",
  description: "Each copy is the file that the next segment names. Its .tlog-proof shows to " +
    "whoever has the log's public key that its seal is in the log: audit verify-proof prints the " +
    "seal, whose sha256 is that of all lines before it. Copies that are there are left alone.",
  examples: [
    { command: "sealward audit archive --to /mnt/archive", what: "every closed segment" },
    {
      command: "head -n -1 seg-00000000.jsonl | sha256sum",
      what: "an outsider: the sha256 in the proven seal",
    },
  ],
  flags: [
    { name: "to", kind: "string", value: "DIR", description: "Where to; must exist" },
    { name: "segments", kind: "string", value: "A..B", description: "Only these, both included" },
  ],
  exits: [
    [0, "copied, or nothing to copy"],
    [1, "could not write"],
    [2, "another file stands there: nothing was copied"],
    [5, "log tampered with: nothing was copied"],
  ],
  run: runAuditArchive,
};

async function runAuditArchive(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const to = parsed.flags.text("to");
  if (to === null) throw usageError("No folder was given", "say where to copy: --to DIR");
  const segments = parsed.flags.text("segments");
  const range = segments === null ? null : parseRange("segments", segments);
  const keeper = await context.host.auditKeeper(parsed.flags.text("root"));
  const folder = context.host.absolute(to).replace(/\/+$/, "");
  const report = await keeper.archive({ range, folder });
  const text = parsed.format === "table"
    ? renderArchive(report)
    : renderJson({ schema_version: 1, ...report }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

function renderArchive({ segments, seq }: ArchiveReport): string {
  if (seq === null) return "nothing to copy: no segment is closed\n";
  const lines = segments.map(({ segment, sha256, file, copied }) =>
    `${copied ? "copied" : "there already"}  segment ${segment}  ${sha256}  ${oneLine(file)}\n`
  );
  return `${lines.join("")}recorded as entry ${seq}\n`;
}
