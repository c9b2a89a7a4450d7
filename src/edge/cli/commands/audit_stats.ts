/**
 * `sealward audit stats`: how much of what the log holds.
 *
 * @module
 */
import { LogStatsBuilder } from "../../../core/report/log_stats.ts";
import { renderLogStats } from "../../render_log_stats.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { filterFlags, filterOf, parseCount, timeFlags } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

const defaultTop = 5;
const maxTop = 1_000;

export const auditStatsCommand: Command<CliContext> = {
  path: ["audit", "stats"],
  summary: "Count entries by hour, type, severity and decision",
  description:
    "Verifies the log and counts what matches, in bounded memory. The chart shows the newest 24 " +
    "hours up to the last entry, UTC. Size is that of the counted lines; growth is the mean between " +
    "the first and the last.",
  examples: [
    { command: "sealward audit stats", what: "the whole log" },
    {
      command: "sealward audit stats --since today --decision deny",
      what: "what was refused today",
    },
    { command: "sealward audit stats --format json", what: "for a program" },
  ],
  flags: [
    ...filterFlags,
    ...timeFlags,
    {
      name: "top",
      kind: "string",
      value: "N",
      description: `Rows of each list, 1 to ${maxTop} (${defaultTop})`,
    },
  ],
  exits: [[0, "shown"], [1, "could not look"], [5, "the chain does not verify: nothing is shown"]],
  run: runAuditStats,
};

async function runAuditStats(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const filter = filterOf(parsed, { hasTimes: true, hasCursor: false, limit: null });
  const stats = new LogStatsBuilder(readTop(parsed));
  const install = await context.host.open({
    root: parsed.flags.text("root"),
    role: "one-shot",
    runsChecks: false,
  });
  try {
    const { encoded, entries } = await install.engine.streamEvents(filter);
    for await (const entry of entries) stats.add(entry);
    const text = renderLogStats(stats.finish(encoded), context.render(parsed.format));
    printAnswer(context, parsed, text);
    return 0;
  } finally {
    await install.close();
  }
}

function readTop({ flags }: ParsedArguments): number {
  const top = parseCount("top", flags.text("top")) ?? defaultTop;
  if (top >= 1 && top <= maxTop) return top;
  throw usageError(`Cannot show ${top} rows`, `give 1 to ${maxTop}`);
}
