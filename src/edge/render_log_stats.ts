/**
 * What the log holds, for a terminal and for programs.
 *
 * @module
 */
import type { CountedName, LogStats, SpanRow } from "../core/report/log_stats.ts";
import type { Ranking } from "../core/report/tally.ts";
import { severities } from "../core/policy/policy.ts";
import { paint } from "./cli/colour.ts";
import { type Column, renderTable } from "./cli/table.ts";
import { renderHourChart } from "./render_hour_chart.ts";
import { renderJson, type RenderOptions } from "./render.ts";
import { renderOverrideCounts } from "./render_override_counts.ts";
import { severityColour } from "./render_decision.ts";

/** Days of a table; JSON has more. */
const maxDays = 7;

/** Table, or one JSON document. */
export function renderLogStats(stats: LogStats, options: RenderOptions): string {
  if (options.format !== "table") return renderJson(stats, options.format);
  const sections = [
    summary(stats),
    renderHourChart(stats.hours, options),
    severityTable(stats, options),
    ranking("TYPE", stats.types, options),
    stats.days.length > 1 ? dayTable(stats.days, options) : "",
    ranking("DENIED BY POLICY", stats.denied.policies, options),
    ranking("DENIED PATH OR COMMAND", stats.denied.paths, options),
    ranking("DENIED PRINCIPAL", stats.denied.principals, options),
    renderOverrideCounts(stats.overrides, options),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function summary({ entries, bytes, first, last, decisions, bytes_per_day: daily }: LogStats) {
  if (first === null || last === null) return "No entries.\n";
  const { allow, ask, deny, would_deny: wouldDeny } = decisions;
  const observed = wouldDeny === 0 ? "" : `, ${wouldDeny} of the allowed only observed`;
  const growth = daily === null ? "" : `, ${sizeText(daily)} a day`;
  return [
    `${entries} entries, ${sizeText(bytes)}${growth}`,
    `#${first.seq} ${toSecond(first.at)} to #${last.seq} ${toSecond(last.at)}`,
    `decisions: ${allow} allowed, ${ask} asked, ${deny} denied${observed}`,
    "",
  ].join("\n");
}

function severityTable({ severities: counts, entries }: LogStats, options: RenderOptions): string {
  if (entries === 0) return "";
  const rows = severities.toReversed().filter((name) => counts[name] > 0).map((name) => [
    { text: name, colour: severityColour[name] },
    { text: String(counts[name]) },
  ]);
  return renderTable(columnsOf("SEVERITY"), rows, options);
}

function ranking(
  header: string,
  { rows, other, distinct }: Ranking<CountedName>,
  options: RenderOptions,
): string {
  const cells = rows.map(({ name, entries }) => [{ text: name }, { text: String(entries) }]);
  const rest = other === 0 ? "" : `And ${other} in ${distinct - rows.length} more.\n`;
  return renderTable(columnsOf(header), cells, options) + paint(options.style, "dim", rest);
}

/** Names are as wide in every list, so that the numbers stand below each other. */
const nameColumns = 28;

function columnsOf(header: string): readonly Column[] {
  return [
    { header: header.padEnd(nameColumns), shrink: "middle" },
    { header: "ENTRIES", align: "right" },
  ];
}

function dayTable(days: readonly SpanRow[], options: RenderOptions): string {
  const columns: readonly Column[] = [
    { header: "DAY (UTC)".padEnd(nameColumns) },
    { header: "ENTRIES", align: "right" },
    { header: "SIZE", align: "right" },
  ];
  const rows = days.slice(-maxDays).map(({ span, entries, bytes }) => [
    { text: span },
    { text: String(entries) },
    { text: sizeText(bytes) },
  ]);
  return renderTable(columns, rows, options);
}

/** Bytes with three digits or less, as people say them. */
function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6
    ? [bytes / 1e3, "kB"]
    : bytes < 1e9
    ? [bytes / 1e6, "MB"]
    : [bytes / 1e9, "GB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

function toSecond(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")}Z`;
}
