/**
 * The part of the page on what was done: over days, by verb, folder, tool, program and session.
 *
 * @module
 */
import type { Counted, NamedRow, Report } from "../../core/report/report.ts";
import type { Ranking } from "../../core/report/tally.ts";
import { restText } from "../report_view.ts";
import { renderBarChart } from "./bar_chart.ts";
import { countOf, renderDayChart } from "./day_chart.ts";
import { renderHtmlTable } from "./html_table.ts";

/** Empty for a report without decisions. */
export function renderWorkSection(report: Report): string {
  if (report.decisions.count === 0) return "";
  return `<h2>What was done</h2>
<h3>Decisions over days</h3>
${renderDayChart(report.days)}${legend}${renderDayTable(report)}<h3>Verbs</h3>
${renderVerbs(report)}<h3>Folders</h3>
${renderFolders(report)}${renderNames(report)}${renderSessions(report)}`;
}

const swatch = (kind: string): string =>
  `<svg viewBox="0 0 14 14" aria-hidden="true"><rect class="${kind}" width="14" height="14"/></svg>`;
const legend = `<ul class="legend"><li>${swatch("plain")}allowed</li><li>${
  swatch("stopped")
}would be stopped</li><li>${swatch("ask")}asked</li><li>${swatch("deny")}denied</li></ul>\n`;

function renderDayTable({ days }: Report): string {
  const columns = [
    { header: "Day" },
    ...["Decisions", "Allowed", "Would be stopped", "Asked", "Denied"].map((header) => {
      return { header, isNumber: true } as const;
    }),
  ];
  const shown = days.slice(-31);
  const rows = shown.map((day) => [
    day.day,
    countOf(day),
    day.allow - day.would_deny,
    day.would_deny,
    day.ask,
    day.deny,
  ]);
  const note = shown.length < days.length
    ? `The newest ${shown.length} of ${days.length} days.`
    : "";
  return renderHtmlTable("Decisions by day", columns, { rows, note });
}

const hatched = "Hatched: what was or would be stopped. The table has the numbers.";

const countColumns = (header: string) =>
  [
    { header, isCode: true },
    { header: "Operations", isNumber: true },
    { header: "Stopped", isNumber: true },
  ] as const;

function renderVerbs({ verbs }: Report): string {
  const words = { id: "verbs", title: "Operations by verb", description: hatched };
  const bars = verbs.rows.map(({ verb, ...row }) => toBar(verb, row));
  const rows = verbs.rows.map(({ verb, operations, stopped }) => [verb, operations, stopped]);
  return renderBarChart(words, bars) +
    renderHtmlTable("Operations by verb", countColumns("Verb"), { rows, note: restText(verbs) });
}

function renderFolders({ folders }: Report): string {
  const words = { id: "folders", title: "Operations by folder", description: hatched };
  const bars = folders.rows.map(({ folder, ...row }) => toBar(folder, row));
  const columns = [
    { header: "Folder", isCode: true },
    { header: "Where" },
    { header: "Operations", isNumber: true },
    { header: "Reading", isNumber: true },
    { header: "Changing", isNumber: true },
    { header: "Stopped", isNumber: true },
  ] as const;
  const rows = folders.rows.map((row) => [
    row.folder,
    row.outside ? "outside" : "project",
    row.operations,
    row.reads,
    row.changes,
    row.stopped,
  ]);
  return renderBarChart(words, bars) +
    renderHtmlTable("Operations by top-level folder", columns, { rows, note: restText(folders) });
}

function toBar(name: string, { operations, stopped }: Counted) {
  return { name, count: operations, stopped };
}

function renderNames({ tools, programs, agents, principals }: Report): string {
  const table = (caption: string, header: string, ranking: Ranking<NamedRow>) =>
    renderHtmlTable(caption, countColumns(header), {
      rows: ranking.rows.map(({ name, operations, stopped }) => {
        return [name ?? "(not named)", operations, stopped];
      }),
      note: restText(ranking),
    });
  const parts = table("Tools", "Tool", tools) + table("Programs of commands", "Program", programs);
  const who = table("Agents, as they call themselves", "Agent", agents) +
    table("Who asked the engine", "Principal", principals);
  return (parts === "" ? "" : `<h3>Tools and programs</h3>\n${parts}`) +
    (who === "" ? "" : `<h3>Agents</h3>\n${who}`);
}

function renderSessions({ sessions }: Report): string {
  const columns = [
    { header: "Session", isCode: true },
    { header: "Agent", isCode: true },
    { header: "Operations", isNumber: true },
    { header: "Stopped", isNumber: true },
    { header: "First" },
    { header: "Last" },
  ] as const;
  const rows = sessions.rows.filter(({ session }) => session !== null).map((row) => [
    row.session ?? "",
    row.agent ?? "",
    row.operations,
    row.stopped,
    row.first_at.slice(0, 16).replace("T", " "),
    row.last_at.slice(0, 16).replace("T", " "),
  ]);
  return renderHtmlTable("Sessions", columns, { rows, note: restText(sessions) });
}
