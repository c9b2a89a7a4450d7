/**
 * What every form of the report shows: the report, and what it was read against.
 *
 * @module
 */
import type { CheckpointsStatus, LogStatus, SegmentsStatus } from "../core/report/log_status.ts";
import type { Report } from "../core/report/report.ts";
import type { Ranking } from "../core/report/tally.ts";
import type { PolicyStatus } from "../pdp.ts";

export interface ReportView {
  readonly report: Report;
  /** Absolute path of the project. */
  readonly root: string;
  readonly policy: Pick<PolicyStatus, "status" | "mode">;
  readonly log: LogStatus;
  /** Text of the proposed policy; null where no accepted policy could be read. */
  readonly proposedPolicy: string | null;
}

/** One sentence each: what happened, for the head of a page. */
export function summarise({ report, policy }: ReportView): readonly string[] {
  const { decisions, range } = report;
  if (range === null) return ["No decisions yet."];
  const { count, allow, ask, deny, would_deny: wouldDeny } = decisions;
  const [from, to] = [range.first_at.slice(0, 10), range.last_at.slice(0, 10)];
  const observed = wouldDeny === 0
    ? []
    : [`${wouldDeny} more were allowed only because the policy observed.`];
  const watching = policy.mode === "enforce"
    ? []
    : [`The policy is in mode ${policy.mode}: it records and does not stop.`];
  return [
    `${count} ${count === 1 ? "decision" : "decisions"}, ` +
    `${
      from === to ? from : `${from} to ${to}`
    } (entries #${range.first_seq} to #${range.last_seq}).`,
    `${allow - wouldDeny} allowed, ${ask} asked, ${deny} denied.`,
    ...observed,
    ...watching,
  ];
}

/** What is known of the chain, as name and value; the verdict first. */
export function describeLog({ log }: ReportView): readonly (readonly [string, string])[] {
  const { verdict, entries, head_seq: seq, head_mac: mac, segments, checkpoints } = log;
  return [
    ["chain", `${verdict}, ${entries} entries verified`],
    ["head", seq < 0 ? "none" : `#${seq} ${mac}`],
    ["segments", describeSegments(segments)],
    ["checkpoints", describeCheckpoints(checkpoints)],
  ];
}

function describeSegments({ count, sealed, first_seq: first }: SegmentsStatus): string {
  const pruned = first === 0 ? "" : `, entries before #${first} were pruned`;
  return `${count}, ${sealed} sealed${pruned}`;
}

function describeCheckpoints(
  { count, last_seq: seq, last_at: at }: CheckpointsStatus,
): string {
  if (seq === null) return `${count}`;
  return `${count}, the newest covers #${seq}${at === null ? "" : ` (${at})`}`;
}

/** One thing to type, and why. */
export interface NextStep {
  readonly command: string;
  readonly what: string;
}

/** What a person would do next, in order; empty when nothing is left to do. */
export function planNextSteps({ report, policy, proposedPolicy }: ReportView): readonly NextStep[] {
  if (policy.status === "tampered") {
    return [{ command: "sealward status", what: "the policy is not the accepted one: look first" }];
  }
  if (policy.status === "unaccepted") {
    return [{ command: "sealward policy accept", what: "until then every operation is denied" }];
  }
  if (report.decisions.count === 0) {
    return [
      { command: "sealward hook install claude-code", what: "let an agent ask before it acts" },
      { command: "sealward report", what: "again, when it has worked" },
    ];
  }
  const { stopped, released } = report.proposal;
  if (proposedPolicy === null || (stopped === 0 && policy.mode === "enforce")) return [];
  const what = stopped === 0
    ? "the same policy, enforced: it would have stopped nothing"
    : `enforced; its rules would let ${released} of ${stopped} stopped operations go on`;
  return [
    { command: "sealward report --proposed-policy proposed.yaml", what },
    { command: "sealward policy lint proposed.yaml", what: "after you have read and edited it" },
    { command: "cp proposed.yaml .scalpel/policy.yaml", what: "put it in place" },
    { command: "sealward policy accept", what: "shows what changed, asks, and puts it in force" },
  ];
}

/** What a ranking leaves out, as a sentence; empty for nothing. */
export function restText({ distinct, rows, other }: Ranking<unknown>): string {
  return other === 0 ? "" : `And ${other} in ${distinct - rows.length} more: --top N shows them.`;
}
