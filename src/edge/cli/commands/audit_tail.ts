/**
 * `sealward audit tail`: the newest entries, and those that follow.
 *
 * @module
 */
import { renderEvents } from "../../render_events.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { filterFlags, filterOf } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

export const auditTailCommand: Command<CliContext> = {
  path: ["audit", "tail"],
  summary: "Show the newest entries, and follow",
  description:
    "Following reads what was appended since the last look, verified against the last entry shown. " +
    "An entry changed before it is for `sealward audit verify` to find; what is found ends the tail " +
    "with status 5.",
  examples: [
    { command: "sealward audit tail --follow", what: "watch decisions as they are made" },
    { command: "sealward audit tail -f --decision deny", what: "only what is refused" },
  ],
  flags: [
    ...filterFlags,
    { name: "limit", kind: "string", value: "N", description: "How many to start with (10)" },
    { name: "follow", short: "f", kind: "boolean", description: "Wait for more until interrupted" },
  ],
  formats: ["table", "jsonl"],
  exits: [[0, "shown"], [1, "could not look"], [5, "the chain does not verify"]],
  run: runAuditTail,
};

const defaultLimit = 10;
/** How often a follower looks for more. */
const followMs = 500;

async function runAuditTail(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const filter = filterOf(parsed, {
    hasTimes: false,
    hasCursor: false,
    limit: { default: defaultLimit },
  });
  const install = await context.host.open({
    root: parsed.flags.text("root"),
    role: "one-shot",
    runsChecks: false,
  });
  try {
    const follower = await install.engine.followEvents(filter);
    for (;;) {
      const entries = await follower.readNew();
      if (entries.length > 0) {
        printAnswer(context, parsed, renderEvents(entries, context.render(parsed.format)));
      }
      if (!parsed.flags.isSet("follow")) return 0;
      await context.host.pause(followMs);
    }
  } finally {
    await install.close();
  }
}
