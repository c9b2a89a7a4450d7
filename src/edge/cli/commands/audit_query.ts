/**
 * `sealward audit query`: entries of the log, verified first.
 *
 * @module
 */
import { renderEvents } from "../../render_events.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { filterFlags, filterOf } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

export const auditQueryCommand: Command<CliContext> = {
  path: ["audit", "query"],
  summary: "Show entries of the log, verified first",
  examples: [
    { command: "sealward audit query --severity CRITICAL", what: "what mattered most" },
    { command: "sealward audit query --type audit.decision --limit 20", what: "newest decisions" },
    { command: "sealward audit query --since 2026-11-22T00:00:00Z --json", what: "for a program" },
  ],
  flags: [
    ...filterFlags,
    { name: "since", kind: "string", value: "TIME", description: "Not before, ISO 8601 with zone" },
    { name: "until", kind: "string", value: "TIME", description: "Not after, ISO 8601 with zone" },
    { name: "after", kind: "string", value: "SEQ", description: "Only greater sequence numbers" },
    { name: "limit", kind: "string", value: "N", description: "The newest N" },
  ],
  formats: ["table", "json", "jsonl"],
  exits: [[0, "shown"], [1, "could not look"], [5, "the chain does not verify: nothing is shown"]],
  run: runAuditQuery,
};

async function runAuditQuery(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const filter = filterOf(parsed, ["since", "until"], { after: true, defaultLimit: null });
  const install = await context.host.open({ root: parsed.flags.text("root"), role: "one-shot" });
  try {
    const entries = await install.engine.readEvents(filter);
    printAnswer(context, parsed, renderEvents(entries, context.render(parsed.format)));
    return 0;
  } finally {
    await install.close();
  }
}
