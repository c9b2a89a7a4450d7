/** Entries as the log holds them, made up. */
import type { Entry } from "../../../src/core/audit/entry.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { starterPolicy } from "../../../src/core/policy/starter_policy.ts";
import { createReport, type ReportOptions } from "../../../src/core/report/create_report.ts";
import type { Report } from "../../../src/core/report/report.ts";

export const root = "/home/ada/project";
export const noFilter = { since: null, until: null, session: null, agent: null };
export const options: ReportOptions = {
  root,
  policy: parsePolicy(starterPolicy, "policy.yaml"),
  filter: noFilter,
  top: 10,
};

/** One entry; `day` counts from 2026-11-20. */
export function entry(
  seq: number,
  type: string,
  details: JsonObject,
  { day = 0, severity = "LOW" as Entry["severity"] } = {},
): Entry {
  return {
    version: 1,
    seq,
    key: "00000000.0",
    at: `2026-11-${20 + day}T10:00:00.${String(seq % 1_000_000).padStart(6, "0")}Z`,
    prev: "0".repeat(64),
    mac: "1".repeat(64),
    type,
    severity,
    details,
  };
}

export interface FakeDecision {
  readonly decision?: string;
  readonly would_deny?: boolean;
  readonly codes?: readonly string[];
  readonly violated?: readonly string[];
  readonly reason?: string;
  readonly unmeasured?: readonly string[];
  readonly effects?: readonly string[];
  readonly warned?: readonly string[];
  readonly day?: number;
}

/** A decision on an operation; allowed unless said otherwise. */
export function decision(seq: number, operation: JsonObject, given: FakeDecision = {}): Entry {
  const { day = 0, ...details } = given;
  return entry(seq, "audit.decision", {
    id: "d",
    decision: "allow",
    codes: [],
    violated: [],
    unmeasured: [],
    mode: "observe",
    principal: "uid:1000",
    operation,
    ...details,
  }, { day });
}

/** What a stricter mode would have stopped for one reason. */
export function observed(
  seq: number,
  operation: JsonObject,
  [policy, code]: readonly [policy: string, code: string],
): Entry {
  return decision(seq, operation, { would_deny: true, codes: [code], violated: [policy] });
}

const agent = { agent: "builder", session: "s1" };

/** One of everything a report tells. */
export const dayOfWork: readonly Entry[] = [
  entry(0, "audit.genesis", {}),
  entry(1, "state.policy_accepted", { policy_digest: `sha256:${"a".repeat(64)}` }, {
    severity: "CRITICAL",
  }),
  decision(2, { type: "file_write", files: ["src/a.ts", "src/b.ts"], ...agent }),
  decision(3, { type: "file_read", files: ["README.md"], ...agent }, {
    unmeasured: ["limits.max_complexity"],
  }),
  observed(4, { type: "file_write", files: [".env"], ...agent }, [
    "protected.files",
    "path_protected",
  ]),
  observed(5, { type: "file_write", files: ["conf/prod.env"], ...agent }, [
    "protected.files",
    "path_protected",
  ]),
  observed(6, { type: "tool_call", tool: "WebFetch", ...agent }, [
    "enforcement.on_unverified",
    "operation_unverified",
  ]),
  decision(7, { type: "command", command: "npm test", agent: "other" }, {
    day: 1,
    would_deny: true,
    codes: ["command_opaque"],
    violated: ["commands.opaque"],
    effects: ["execute shell", "read package.json", "?write dist/a.js"],
  }),
  decision(8, { type: "file_write", files: [".claude/settings.json"], ...agent }, {
    day: 1,
    decision: "deny",
    codes: ["path_protected"],
    violated: ["builtin.files"],
  }),
  decision(9, { type: "file_write", files: ["/tmp/build/x.o"], ...agent }, {
    day: 1,
    decision: "ask",
    codes: ["path_outside_root"],
    violated: ["builtin.paths"],
    warned: ["rules.tmp"],
  }),
  entry(10, "state.policy_tampered", { policy_digest: `sha256:${"b".repeat(64)}` }, {
    day: 1,
    severity: "CRITICAL",
  }),
  entry(11, "audit.alarm", { message: "changed without an entry: src/a.ts" }, {
    day: 1,
    severity: "HIGH",
  }),
  entry(12, "deploy.done", {}, { day: 1 }),
];

export const dayReport: Report = createReport(dayOfWork, options);
