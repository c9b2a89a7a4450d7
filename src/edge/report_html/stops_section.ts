/**
 * The part of the page on what was, or would have been, stopped, and what nobody could judge.
 *
 * @module
 */
import { totalOf } from "../../core/report/create_report.ts";
import type { Report, StopRow } from "../../core/report/report.ts";
import { restText } from "../report_view.ts";
import { renderBarChart } from "./bar_chart.ts";
import { renderHtmlTable } from "./html_table.ts";

/** Empty where nothing was stopped and everything was judged in full. */
export function renderStopsSection(report: Report): string {
  const parts = [renderChart(report), renderStopTable(report), renderUnverified(report)].join("");
  return parts === "" ? "" : `<h2>What a policy in force would stop</h2>\n${parts}`;
}

function renderChart({ stops }: Report): string {
  const totals = new Map<string, { count: number; observed: number }>();
  for (const row of stops.rows) {
    const { count, observed } = totals.get(row.policy) ?? { count: 0, observed: 0 };
    const now = { count: count + totalOf(row), observed: observed + row.would_deny };
    totals.set(row.policy, now);
  }
  const bars = [...totals].map(([name, { count, observed }]) => {
    return { name, count, stopped: observed };
  });
  const words = {
    id: "stops",
    title: "Stops by policy",
    description: "Hatched: allowed only because the policy observed. The table has the numbers.",
  };
  return renderBarChart(words, bars.toSorted((a, b) => b.count - a.count));
}

function renderStopTable({ stops }: Report): string {
  const columns = [
    { header: "Policy", isCode: true },
    { header: "About", isCode: true },
    { header: "Would be stopped", isNumber: true },
    { header: "Asked", isNumber: true },
    { header: "Denied", isNumber: true },
    { header: "Examples", isCode: true },
  ] as const;
  const rows = stops.rows.map((row) => [
    row.policy,
    row.pattern ?? row.subject ?? row.code ?? "",
    row.would_deny,
    row.asked,
    row.denied,
    examplesOf(row),
  ]);
  return renderHtmlTable("Why", columns, { rows, note: restText(stops) });
}

function examplesOf({ examples }: StopRow): string {
  return examples.map(({ seq, what }) => `#${seq} ${what.slice(0, 60)}`).join("  ");
}

function renderUnverified({ unverified, unmeasured }: Report): string {
  const columns = [
    { header: "What", isCode: true },
    { header: "Why" },
    { header: "Operations", isNumber: true },
    { header: "Example", isCode: true },
  ] as const;
  const rows = unverified.rows.map(({ subject, why, operations, example }) => {
    return [subject, why, operations, `#${example.seq} ${example.what.slice(0, 100)}`];
  });
  const limits = [{ header: "Limit", isCode: true }, {
    header: "Operations",
    isNumber: true,
  }] as const;
  return renderHtmlTable("Not verified", columns, { rows, note: restText(unverified) }) +
    renderHtmlTable("Limits nobody could measure", limits, {
      rows: unmeasured.rows.map(({ limit, operations }) => [limit, operations]),
    });
}
