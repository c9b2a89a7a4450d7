/**
 * The report for a terminal and for programs. The page for a browser is report_html/.
 *
 * @module
 */
import { totalOf } from "../core/report/create_report.ts";
import type {
  Counted,
  EventRow,
  Example,
  NamedRow,
  Report,
  SessionRow,
  StopRow,
} from "../core/report/report.ts";
import type { Ranking } from "../core/report/tally.ts";
import { paint, renderText, type Style } from "./cli/colour.ts";
import { type Cell, type Column, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";
import { renderOverrideCounts } from "./render_override_counts.ts";
import { describeLog, planNextSteps, type ReportView, restText, summarise } from "./report_view.ts";

/** Characters of an example: the entry has the rest. */
const maxExample = 100;

/** Table, or one JSON document (docs/report.md). */
export function renderReport(view: ReportView, options: RenderOptions): string {
  if (options.format !== "table") return renderReportJson(view);
  const { report } = view;
  const { style } = options;
  const sections = [
    summarise(view).map((line, i) => `${i === 0 ? paint(style, "bold", line) : line}\n`).join(""),
    ...renderWork(report, options),
    renderStops(report, options),
    renderUnverified(report, options),
    renderEventList("Tampering and recovery", report.events.tampering, options),
    renderEventList("Alarms", report.events.alarms, options),
    renderOverrideCounts(report.overrides, options),
    renderLog(view, options),
    renderNext(view, style),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function renderReportJson({ report, root, policy, log, proposedPolicy }: ReportView): string {
  const { schema_version: version, ...rest } = report;
  return renderJson({
    schema_version: version,
    root,
    policy,
    log,
    ...rest,
    proposed_policy: proposedPolicy,
  }, "json");
}

function renderWork(report: Report, options: RenderOptions): readonly string[] {
  const named = (header: string, ranking: Ranking<NamedRow>) =>
    renderCounts(header, ranking, ({ name }) => name ?? "(not named)", options);
  const isNamed = report.agents.rows.some(({ name }) => name !== null);
  return [
    renderCounts("VERB", report.verbs, ({ verb }) => verb, options),
    renderCounts("FOLDER", report.folders, ({ folder, outside }) => {
      return outside ? `${folder} (outside)` : folder;
    }, options),
    named("TOOL", report.tools),
    named("PROGRAM", report.programs),
    isNamed ? named("AGENT", report.agents) : "",
    renderSessions(report.sessions, options),
    report.days.length > 1 ? renderDays(report, options) : "",
  ];
}

/** Names are as wide in every list, so that the numbers stand below each other. */
const nameColumns = 28;

function renderCounts<Row extends Counted>(
  header: string,
  ranking: Ranking<Row>,
  nameOf: (row: Row) => string,
  options: RenderOptions,
): string {
  const columns: readonly Column[] = [
    { header: header.padEnd(nameColumns), shrink: "middle" },
    { header: "OPERATIONS", align: "right" },
    { header: "STOPPED", align: "right" },
    { header: "" },
  ];
  const most = Math.max(...ranking.rows.map(({ operations }) => operations));
  const rows = ranking.rows.map((row) => [
    { text: nameOf(row) },
    { text: String(row.operations) },
    stoppedCell(row),
    { text: bar(row.operations / most), colour: "cyan" } as const,
  ]);
  return renderTable(columns, rows, options) + restOf(ranking, options.style);
}

/** Twenty columns at most; ASCII, since every cell passes as text from outside. */
function bar(share: number): string {
  return "#".repeat(Math.max(1, Math.round(share * 20)));
}

function stoppedCell({ stopped }: Counted): Cell {
  return stopped === 0 ? { text: "-", colour: "dim" } : { text: String(stopped), colour: "yellow" };
}

function renderSessions(ranking: Ranking<SessionRow>, options: RenderOptions): string {
  const named = ranking.rows.filter(({ session }) => session !== null);
  const columns: readonly Column[] = [
    { header: "SESSION".padEnd(nameColumns), shrink: "middle" },
    { header: "OPERATIONS", align: "right" },
    { header: "STOPPED", align: "right" },
    { header: "LAST" },
    { header: "AGENT", shrink: "end" },
  ];
  const rows = named.map((row) => [
    { text: row.session ?? "" },
    { text: String(row.operations) },
    stoppedCell(row),
    { text: toMinute(row.last_at) },
    { text: row.agent ?? "" },
  ]);
  return renderTable(columns, rows, options) + restOf(ranking, options.style);
}

/** Days of a table; JSON and the page have more. */
const maxDays = 14;

function renderDays({ days }: Report, options: RenderOptions): string {
  const columns: readonly Column[] = [
    { header: "DAY (UTC)".padEnd(nameColumns) },
    ...["ALLOWED", "WOULD STOP", "ASKED", "DENIED"].map((header) => {
      return { header, align: "right" } as const;
    }),
  ];
  const rows = days.slice(-maxDays).map((day) => [
    { text: day.day },
    ...[day.allow - day.would_deny, day.would_deny, day.ask, day.deny].map((count) => {
      return { text: count === 0 ? "-" : String(count) };
    }),
  ]);
  return renderTable(columns, rows, options);
}

const stopColumns: readonly Column[] = [
  { header: "TIMES", align: "right" },
  { header: "POLICY", shrink: "end" },
  { header: "ABOUT", shrink: "end" },
  { header: "EXAMPLE", shrink: "end" },
];

function renderStops({ stops, decisions }: Report, options: RenderOptions): string {
  const isOnlyObserved = decisions.deny + decisions.ask === 0;
  const title = isOnlyObserved
    ? "What enforcing would have stopped"
    : "What was or would be stopped";
  const rows = stops.rows.map((row) => [
    { text: String(totalOf(row)), colour: "yellow" } as const,
    { text: row.policy },
    { text: aboutOf(row) },
    { text: exampleText(row.examples[0]) },
  ]);
  return section(title, stopColumns, rows, options) + restOf(stops, options.style);
}

/** What a stop was about, in one cell. */
export function aboutOf({ pattern, subject, code }: StopRow): string {
  return pattern ?? subject ?? code ?? "";
}

function exampleText(example: Example | undefined): string {
  return example === undefined ? "" : `#${example.seq} ${example.what.slice(0, maxExample)}`;
}

function renderUnverified({ unverified, unmeasured }: Report, options: RenderOptions): string {
  const columns: readonly Column[] = [
    { header: "TIMES", align: "right" },
    { header: "WHAT", shrink: "end" },
    { header: "WHY", shrink: "end" },
    { header: "EXAMPLE", shrink: "end" },
  ];
  const rows = unverified.rows.map((row) => [
    { text: String(row.operations) },
    { text: row.subject },
    { text: row.why },
    { text: exampleText(row.example) },
  ]);
  const limits = unmeasured.rows.map(({ limit, operations }) => `${limit} (${operations})`);
  const note = limits.length === 0
    ? ""
    : `not measured: ${renderText(options.style, limits.join(", "))}\n`;
  const table = section("Not verified, and why", columns, rows, options) +
    restOf(unverified, options.style);
  if (note === "") return table;
  return table === "" ? `${paint(options.style, "bold", "Not measured")}\n${note}` : table + note;
}

function renderEventList(
  title: string,
  { count, rows }: { readonly count: number; readonly rows: readonly EventRow[] },
  options: RenderOptions,
): string {
  const columns: readonly Column[] = [
    { header: "", align: "right" },
    { header: "" },
    { header: "" },
    { header: "", shrink: "end" },
  ];
  const cells = rows.map((row) => [
    { text: `#${row.seq}` },
    { text: toMinute(row.at) },
    { text: row.type, colour: "red" } as const,
    { text: row.summary },
  ]);
  return section(`${title} (${count})`, columns, cells, options);
}

function renderLog(view: ReportView, options: RenderOptions): string {
  const columns: readonly Column[] = [{ header: "" }, { header: "", shrink: "end" }];
  const rows = describeLog(view).map(([name, value]) => [{ text: name }, { text: value }]);
  return section("The log", columns, rows, options);
}

function renderNext(view: ReportView, style: Style): string {
  const steps = planNextSteps(view);
  if (steps.length === 0) return "";
  const lines = steps.map(({ command, what }) => {
    return `  ${command}\n    ${paint(style, "dim", what)}\n`;
  });
  return `${paint(style, "bold", "Next")}\n${lines.join("")}`;
}

function section(
  title: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { style, width }: RenderOptions,
): string {
  if (rows.length === 0) return "";
  return `${paint(style, "bold", title)}\n${renderTable(columns, rows, { style, width })}`;
}

function restOf(ranking: Ranking<unknown>, style: Style): string {
  const text = restText(ranking);
  return text === "" ? "" : `${paint(style, "dim", text)}\n`;
}

function toMinute(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")}Z`;
}
