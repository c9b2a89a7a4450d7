/**
 * `sealward audit accept-rollback`: a human takes on that acknowledged entries are gone.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { RollbackPlan } from "../audit_keeper.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { agreeToKeeping, reasonFlag, requireReason, yesFlag } from "./agree_to_keeping.ts";
import { printAnswer } from "./print.ts";

export const auditAcceptRollbackCommand: Command<CliContext> = {
  path: ["audit", "accept-rollback"],
  summary: "Go on after a ROLLBACK, in the open",
  description: "Only for a log whose end is missing and whose rest verifies: after a restored " +
    "backup or a disk that lost writes. Appends a CRITICAL entry that names what is lost. What " +
    "head and mark knew is kept in quarantine/. Until then every decision is deny. TAMPERED, FORK " +
    "and FOREIGN-LOG cannot be accepted.",
  examples: [
    {
      command: 'sealward audit accept-rollback --reason "restored Sunday\'s backup"',
      what: "look at what is lost, then answer y",
    },
  ],
  flags: [reasonFlag, yesFlag],
  exits: [
    [0, "accepted"],
    [1, "could not write"],
    [2, "not confirmed, or nothing is lost"],
    [5, "not a log that only ends too early"],
  ],
  run: runAuditAcceptRollback,
};

async function runAuditAcceptRollback(
  context: CliContext,
  parsed: ParsedArguments,
): Promise<number> {
  const reason = requireReason(parsed);
  const keeper = await context.host.auditKeeper(parsed.flags.text("root"));
  const plan = await keeper.planRollback();
  agreeToKeeping(context, parsed, { lines: describe(plan), question: "Go on without them?" });
  const seq = await plan.run(reason);
  const { lost_from, lost_to, lost_mac } = plan;
  const text = parsed.format === "table"
    ? `${seq === null ? "accepted before" : `accepted as entry ${seq}`}: ` +
      `entries ${lost_from} to ${lost_to} are lost\n${afterwards.join("\n")}\n`
    : renderJson(
      { schema_version: 1, seq, lost_from, lost_to, lost_mac, next: afterwards },
      parsed.format,
    );
  printAnswer(context, parsed, text);
  return 0;
}

const afterwards: readonly string[] = [
  "anchors of the lost entries, kept elsewhere, will contradict this log for ever",
  "restart a running `sealward serve`: it remembers what is lost",
];

function describe(plan: RollbackPlan): readonly string[] {
  const { lost_from, lost_to, lost_mac, head_seq, isBegun } = plan;
  return [
    `entries ${lost_from} to ${lost_to} were acknowledged and are gone`,
    `the last known head is #${lost_to} ${lost_mac}`,
    isBegun
      ? `an entry up to #${head_seq} has accepted it; heads and marks will be written`
      : `the log ends, verified, at entry ${head_seq} and would go on from there`,
    "an agent that cut the log looks the same as a backup that was restored",
  ];
}
