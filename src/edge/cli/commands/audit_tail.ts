/**
 * `sealward audit tail`: the newest entries, and those that follow.
 *
 * @module
 */
import type { EventFilter } from "../../../core/audit/event_filter.ts";
import { renderEvents } from "../../render_events.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { filterFlags, filterOf } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

export const auditTailCommand: Command<CliContext> = {
  path: ["audit", "tail"],
  summary: "Show the newest entries, and follow",
  examples: [{ command: "sealward audit tail --follow", what: "watch decisions as they are made" }],
  flags: [
    ...filterFlags,
    { name: "limit", kind: "string", value: "N", description: "How many to start with (10)" },
    { name: "follow", short: "f", kind: "boolean", description: "Wait for more until interrupted" },
  ],
  formats: ["table", "jsonl"],
  exits: [[0, "shown"], [1, "could not look"], [5, "the chain does not verify"]],
  run: runAuditTail,
};

/** How often a follower looks for more. */
const followMs = 500;

async function runAuditTail(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const filter = filterOf(parsed, [], { after: false, defaultLimit: 10 });
  const install = await context.host.open({ root: parsed.flags.text("root"), role: "one-shot" });
  try {
    let seen = -1;
    let next: EventFilter = filter;
    for (;;) {
      const entries = await install.engine.readEvents(next);
      if (entries.length > 0) {
        printAnswer(context, parsed, renderEvents(entries, context.render(parsed.format)));
      }
      seen = entries.at(-1)?.seq ?? seen;
      if (!parsed.flags.isSet("follow")) return 0;
      await context.host.pause(followMs);
      next = { ...filterOf(parsed, [], { after: false, defaultLimit: null }), afterSeq: seen };
    }
  } finally {
    await install.close();
  }
}
