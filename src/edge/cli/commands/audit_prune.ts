/**
 * `sealward audit prune`: removes the oldest closed segments, and says so in the log first.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { PrunePlan, PruneRange, PruneReport, SegmentFacts } from "../audit_keeper.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { agreeToKeeping, reasonFlag, requireReason, yesFlag } from "./agree_to_keeping.ts";
import { parseCount } from "./parse_segments.ts";
import { printAnswer } from "./print.ts";

/** Segments a human is shown one by one. */
const maxShown = 20;

export const auditPruneCommand: Command<CliContext> = {
  path: ["audit", "prune"],
  summary: "Remove the oldest closed segments",
  description: "Verifies the whole log, shows what goes, asks, appends an entry that names each " +
    "file, and removes them, oldest first. The log then verifies as FRONT-PRUNED. Copy them " +
    "elsewhere first with audit archive. Cut short, the next prune ends it.",
  examples: [
    {
      command: 'sealward audit prune --keep 12 --reason "kept for a year"',
      what: "all but the newest 12 closed ones",
    },
  ],
  flags: [
    { name: "keep", kind: "string", value: "N", description: "Closed segments that stay" },
    { name: "before", kind: "string", value: "SEG", description: "Remove those before this one" },
    {
      name: "root-secret-file",
      kind: "string",
      value: "FILE",
      collect: true,
      description: "A secret of the past that is not kept here",
    },
    reasonFlag,
    yesFlag,
  ],
  exits: [
    [0, "removed, or nothing to remove"],
    [1, "could not write or verify"],
    [2, "not confirmed: nothing was removed"],
    [5, "log tampered with: nothing was removed"],
  ],
  run: runAuditPrune,
};

async function runAuditPrune(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const range = parseFlags(parsed);
  const reason = requireReason(parsed);
  const keeper = await context.host.auditKeeper(parsed.flags.text("root"));
  const secretFiles = parsed.flags.texts("root-secret-file").map(context.host.absolute);
  const plan = await keeper.planPrune(range, secretFiles);
  let report: PruneReport = { seqs: [], inputs: { count: 0, bytes: 0 } };
  if (plan.segments.length > 0) {
    agreeToKeeping(context, parsed, { lines: describe(plan), question: "Remove these?" });
    report = await plan.run(reason);
  }
  printAnswer(context, parsed, render(plan, report, parsed));
  return 0;
}

function parseFlags({ flags }: ParsedArguments): PruneRange {
  const keep = flags.text("keep");
  const before = flags.text("before");
  if (keep !== null && before === null) return { kind: "keep", count: parseCount("keep", keep) };
  if (before !== null && keep === null) {
    return { kind: "before", segment: parseCount("before", before) };
  }
  throw usageError("Cannot tell what to remove", "give one of --keep N and --before SEG");
}

function describe({ segments, named, verdict }: PrunePlan): readonly string[] {
  const rest = segments.length - maxShown;
  const sum = (of: (one: SegmentFacts) => number) =>
    segments.reduce((all, one) => all + of(one), 0);
  return [
    `the log's verdict is ${verdict}; these segments will be removed:`,
    ...segments.slice(0, maxShown).map((one) =>
      `  ${one.segment}: entries ${one.first_seq} to ${one.last_seq}, ` +
      `${one.first_at.slice(0, 10)} to ${one.last_at.slice(0, 10)}, ${one.bytes} bytes`
    ),
    ...rest > 0 ? [`  and ${rest} more, up to segment ${segments.at(-1)?.segment}`] : [],
    `in all ${sum(({ entries }) => entries)} entries, ${sum(({ bytes }) => bytes)} bytes`,
    ...named > 0 ? [`${named} of them an earlier prune named and did not remove`] : [],
  ];
}

function render(plan: PrunePlan, report: PruneReport, { format }: ParsedArguments): string {
  const { seqs, inputs } = report;
  const { segments } = plan;
  if (format !== "table") {
    return renderJson({ schema_version: 1, segments, seqs, inputs }, format);
  }
  if (segments.length === 0) return "nothing to remove\n";
  const [first, last] = [segments[0]?.segment, segments.at(-1)?.segment];
  const entries = seqs.length === 0 ? "named before" : `entry ${seqs.join(", ")}`;
  const kept = inputs.count === 0
    ? ""
    : `removed ${inputs.count} kept inputs that nothing names any more (${inputs.bytes} bytes)\n`;
  return `removed segments ${first} to ${last} (${entries})\n${kept}`;
}
