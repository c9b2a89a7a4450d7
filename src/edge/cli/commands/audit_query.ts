/**
 * `sealward audit query`: entries of the log, verified first.
 *
 * @module
 */
import type { EventFilter } from "../../../core/audit/event_filter.ts";
import type { Entry } from "../../../core/audit/entry.ts";
import { renderEvents } from "../../render_events.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { filterFlags, filterOf, timeFlags } from "./event_flags.ts";
import { printAnswer } from "./print.ts";

export const auditQueryCommand: Command<CliContext> = {
  path: ["audit", "query"],
  summary: "Show entries of the log, verified first",
  description:
    "The whole log is verified before the first entry is shown. Filters must all fit; --type and " +
    "--severity may be repeated and then mean any of them. --decision, --policy, --file and --agent " +
    "choose among decisions. An entry keeps at most 12 files and 12 effects of a decision, each cut " +
    "to a length: --file sees those, by name alone, and follows no links.\n\n" +
    "--as-test writes decisions as policy test cases (YAML, schema_version 1): operation, expected " +
    "decision, and the digest of the policy that made it. Contents, diffs, metadata and the input " +
    "of tools never enter the log: a case that would need them stands there as a comment and is not " +
    "counted.",
  examples: [
    { command: "sealward audit query --severity CRITICAL", what: "what mattered most" },
    { command: "sealward audit query --type audit.decision --limit 20", what: "newest decisions" },
    {
      command: "sealward audit query --decision deny --since 2h --file 'src/**'",
      what: "what was refused below src, these two hours",
    },
    { command: "sealward audit query --since 2026-11-22T00:00:00Z --json", what: "for a program" },
    {
      command: "sealward audit query --decision deny --as-test",
      what: "cases for a policy to keep denying",
    },
  ],
  flags: [
    ...filterFlags,
    ...timeFlags,
    { name: "after", kind: "string", value: "SEQ", description: "Only greater sequence numbers" },
    { name: "limit", kind: "string", value: "N", description: "The newest N" },
    { name: "as-test", kind: "boolean", description: "Write decisions as policy test cases" },
  ],
  formats: ["table", "json", "jsonl"],
  exits: [[0, "shown"], [1, "could not look"], [5, "the chain does not verify: nothing is shown"]],
  run: runAuditQuery,
};

async function runAuditQuery(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const filter = filterOf(parsed, {
    hasTimes: true,
    hasCursor: true,
    limit: { default: null },
  });
  const isTest = parsed.flags.isSet("as-test");
  if (isTest && (parsed.flags.isSet("format") || parsed.flags.isSet("json"))) {
    throw usageError("Flags --as-test and --format are both given", "leave one of them out");
  }
  const install = await context.host.open({
    root: parsed.flags.text("root"),
    role: "one-shot",
    runsChecks: false,
  });
  try {
    const entries = await install.engine.readEvents(isTest ? decisionsOf(filter) : filter);
    if (isTest) printAnswer(context, parsed, await renderTests(entries));
    else printEvents(context, parsed, entries);
    return 0;
  } finally {
    await install.close();
  }
}

/** Entries of one write: a text of a whole log would be held in memory several times over. */
const maxLinesPerWrite = 1_000;

function printEvents(
  context: CliContext,
  parsed: ParsedArguments,
  entries: readonly Entry[],
): void {
  const options = context.render(parsed.format);
  // Lines stand for themselves; columns and documents are of one piece.
  const step = parsed.format === "jsonl" ? maxLinesPerWrite : Math.max(1, entries.length);
  for (let at = 0; at === 0 || at < entries.length; at += step) {
    printAnswer(context, parsed, renderEvents(entries.slice(at, at + step), options));
  }
}

function decisionsOf(filter: EventFilter): EventFilter {
  return { ...filter, type: "audit.decision" };
}

async function renderTests(entries: readonly Entry[]): Promise<string> {
  const { writeTestCases } = await import("../../../core/report/write_test_cases.ts");
  return writeTestCases(entries);
}
