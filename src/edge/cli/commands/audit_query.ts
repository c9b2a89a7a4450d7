/**
 * `sealward audit query` and `audit tail`: verified entries only.
 *
 * @module
 */
import type { EventFilter } from "../../../core/audit/event_filter.ts";
import { severities, type Severity } from "../../../core/policy/policy.ts";
import { renderEvents } from "../../render_events.ts";
import type { Command, Flag, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { printAnswer } from "./print.ts";

const filterFlags: readonly Flag[] = [
  { name: "type", kind: "string", value: "TYPE", description: "Only this event type" },
  {
    name: "severity",
    kind: "string",
    value: "SEVERITY",
    choices: severities,
    description: "Only this severity",
  },
];

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

function filterOf(
  { flags }: ParsedArguments,
  times: readonly ("since" | "until")[],
  options: { readonly after: boolean; readonly defaultLimit: number | null },
): EventFilter {
  const type = flags.text("type");
  const severity = flags.text("severity") as Severity | null;
  const limit = parseCount("limit", flags.text("limit")) ?? options.defaultLimit;
  const afterSeq = options.after ? parseCount("after", flags.text("after")) : null;
  return {
    ...(type === null ? {} : { type }),
    ...(severity === null ? {} : { severity }),
    ...Object.fromEntries(times.flatMap((name) => {
      const value = flags.text(name);
      return value === null ? [] : [[name, value]];
    })),
    ...(afterSeq === null ? {} : { afterSeq }),
    ...(limit === null ? {} : { limit }),
  };
}

function parseCount(name: string, text: string | null): number | null {
  if (text === null) return null;
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) {
    throw usageError(`Cannot read --${name} "${text}"`, "give a whole number");
  }
  return Number(text);
}
