/** How often people were asked, and what they answered. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../../src/core/audit/entry.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { LogStatsBuilder } from "../../../src/core/report/log_stats.ts";
import { OverrideCounts, type OverrideReport } from "../../../src/core/report/override_counts.ts";
import { plainStyle } from "../../../src/edge/cli/colour.ts";
import type { RenderOptions } from "../../../src/edge/render.ts";
import { renderLogStats } from "../../../src/edge/render_log_stats.ts";
import { renderReport } from "../../../src/edge/render_report.ts";
import { renderReportHtml } from "../../../src/edge/report_html/render_report_html.ts";
import type { ReportView } from "../../../src/edge/report_view.ts";
import { decision, entry, noFilter, options } from "./report_entries.ts";
import { createReport } from "../../../src/core/report/create_report.ts";

const table: RenderOptions = { format: "table", style: plainStyle, width: null };
const request = (digit: string): string => digit.repeat(32);

function asked(seq: number, id: string): Entry {
  const base = decision(seq, { type: "file_write", files: [".env"] }, { decision: "deny" });
  return { ...base, details: { ...base.details, override: { request: id } } };
}

function used(seq: number, grant: string): Entry {
  const base = decision(seq, { type: "file_write", files: [".env"] });
  return { ...base, details: { ...base.details, override: { grant, request: request("a") } } };
}

function granted(seq: number, id: string, given: JsonObject): Entry {
  const details = { request: id, grant: request("f"), kind: "once", ...given };
  return entry(seq, "state.override_granted", details, { severity: "HIGH" });
}

const closed = (seq: number, status: string): Entry =>
  entry(seq, "state.override_closed", { request: request("b"), status }, { severity: "MEDIUM" });

/** As the engine marks the guide's events. */
const told = { recorded_by: "engine" } as const;
const alice = { approved_by: "alice", override_trust: "same_uid", justification: "Release" };
const log: readonly Entry[] = [
  asked(1, request("a")),
  // The same request, asked for again.
  asked(2, request("a")),
  asked(3, request("b")),
  asked(4, request("c")),
  entry(5, "INVALID_OVERRIDE_CODE", { ...told, request_id: request("a") }, { severity: "HIGH" }),
  entry(6, "OVERRIDE_REUSE_ATTEMPTED", { ...told, request_id: request("a") }, { severity: "HIGH" }),
  granted(7, request("a"), alice),
  entry(8, "OVERRIDE_APPROVED", { ...told, request_id: request("a") }, { severity: "MEDIUM" }),
  used(9, request("f")),
  closed(10, "denied"),
  entry(11, "OVERRIDE_DENIED", { ...told, request_id: request("b") }, { severity: "MEDIUM" }),
  closed(12, "timeout"),
  entry(13, "OVERRIDE_TIMEOUT", { ...told, request_id: request("c") }, { severity: "HIGH" }),
  granted(14, request("d"), { approved_by: null, override_trust: "guarded", justification: "x" }),
  closed(15, "revoked"),
  closed(16, "cancelled"),
];

function count(entries: Iterable<Entry>, top = 5): OverrideReport {
  const counts = new OverrideCounts(top);
  for (const each of entries) counts.add(each);
  return counts.report;
}

describe("OverrideCounts", () => {
  it("counts requests once, answers by kind, and each approver", () => {
    const { approvers, grants, ...counts } = count(log);
    assertEquals(counts, {
      requested: 3,
      approved: 2,
      denied: 1,
      cancelled: 1,
      timed_out: 1,
      revoked: 1,
      used: 1,
      wrong_codes: 1,
      reused_codes: 1,
    });
    const at = (seq: number) => log.find((each) => each.seq === seq)?.at ?? "";
    assertEquals(approvers, {
      rows: [
        { name: "alice", approved: 1, same_uid: 1, last_at: at(7) },
        { name: null, approved: 1, same_uid: 0, last_at: at(14) },
      ],
      distinct: 2,
      other: 0,
    });
    assertEquals(grants.map(({ seq, justification }) => [seq, justification]), [[7, "Release"], [
      14,
      "x",
    ]]);
  });

  it("BIND-17 counts nothing a caller recorded", () => {
    const forged = ["INVALID_OVERRIDE_CODE", "OVERRIDE_REUSE_ATTEMPTED", "OVERRIDE_APPROVED"].map(
      (type, i) => entry(i, type, { recorded_by: "token:agent", approved_by: "root" }),
    );
    assertEquals(count(forged), count([]));
  });

  it("is total over entries of another shape", () => {
    const odd: readonly JsonObject[] = [
      {},
      { override: null },
      { override: [request("a")] },
      { override: { request: 7, grant: {} } },
      { status: ["denied"], approved_by: 7, justification: null },
    ];
    const types = ["audit.decision", "state.override_granted", "state.override_closed"];
    const entries = types.flatMap((type) => odd.map((details) => entry(1, type, details)));
    const { approved, requested, used, denied, approvers } = count(entries);
    assertEquals([approved, requested, used, denied], [odd.length, 0, 0, 0]);
    assertEquals(approvers.rows[0]?.name, null);
  });

  it("holds the newest grants and a bounded number of requests", () => {
    const entries = Array.from({ length: 12_000 }, (_, i) => [
      asked(2 * i, i.toString(16).padStart(32, "0")),
      granted(2 * i + 1, "", { justification: "y".repeat(500), approved_by: `p${i}` }),
    ]).flat();
    const { requested, approved, grants, approvers } = count(entries, 3);
    assertEquals([requested, approved], [12_000, 12_000]);
    assertEquals(grants.map(({ seq }) => seq), [23_995, 23_997, 23_999]);
    assertEquals(grants[0]?.justification.length, 200);
    assertEquals([approvers.distinct, approvers.other], [10_000, 11_997]);
  });
});

describe("the report on approvals", () => {
  const view = (entries: readonly Entry[]): ReportView => ({
    report: createReport(entries, { ...options, filter: { ...noFilter, agent: "nobody" } }),
    root: "/home/ada/project",
    policy: { status: "trusted", mode: "enforce" },
    log: {
      verdict: "OK",
      entries: entries.length,
      head_seq: 16,
      head_mac: "1".repeat(64),
      message: "Intact",
      segments: { count: 1, sealed: 0, first_seq: 0 },
      checkpoints: { count: 0, last_seq: null, last_at: null },
    },
    proposedPolicy: null,
  });
  const asking = "3 requests: 2 approved, 1 denied, 1 timed out, 1 cancelled.";

  it("says how often and by whom, whatever agent is looked at", () => {
    const text = renderReport(view(log), table);
    assertStringIncludes(
      text,
      `Approvals\n${asking}\n1 decision allowed by an approval, 1 revoked.\n` +
        "Codes: 1 wrong, 1 used before.\n",
    );
    assertStringIncludes(text, "(without a name)");
    assertEquals(JSON.parse(renderReport(view(log), { ...table, format: "json" })).overrides, {
      ...count(log),
    });
  });

  it("takes wrong codes for alarms, and that nobody answered for none", () => {
    const { alarms } = view(log).report.events;
    const types = alarms.rows.map(({ type }) => type);
    assertEquals(types, ["INVALID_OVERRIDE_CODE", "OVERRIDE_REUSE_ATTEMPTED"]);
    const custom = entry(1, "OVERRIDE_TIMEOUT", { recorded_by: "library" }, { severity: "HIGH" });
    assertEquals(view([custom]).report.events.alarms.count, 1);
  });

  it("shows on the page who may approve since when", () => {
    const enrolled = entry(20, "state.override_enrolled", { name: "alice" }, {
      severity: "CRITICAL",
    });
    assertStringIncludes(renderReportHtml(view([enrolled])), "state.override_enrolled");
  });

  it("escapes a justification on the page", () => {
    const hostile = granted(1, request("a"), { ...alice, justification: "<script>\u202e" });
    const html = renderReportHtml(view([hostile]));
    assertEquals([html.includes("<script>"), html.includes("\u202e")], [false, false]);
    assertStringIncludes(html, "&lt;script&gt;");
    assertStringIncludes(html, "<h2>Approvals</h2>");
  });

  it("is silent where nobody was asked", () => {
    const plain = [decision(1, { type: "file_read", files: ["a"] })];
    assertEquals(renderReport(view(plain), table).includes("Approvals"), false);
    assertEquals(renderReportHtml(view(plain)).includes("Approvals"), false);
  });

  it("is in the stats too", () => {
    const builder = new LogStatsBuilder(5);
    for (const each of log) builder.add(each);
    const stats = builder.finish({});
    const { grants: _, ...counts } = count(log);
    assertEquals(stats.overrides, counts);
    assertStringIncludes(renderLogStats(stats, table), asking);
  });
});
