/**
 * A backtest: for people by kind of change, what opens something first; the whole for programs.
 *
 * @module
 */
import { type BacktestReport, type FlipGroup, isWidening } from "../core/replay/backtest_report.ts";
import { type Colour, paint, renderText } from "./cli/colour.ts";
import { type Cell, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** JSON is the report itself, as `--report` writes it. */
export function renderBacktest(report: BacktestReport, options: RenderOptions): string {
  if (options.format === "json") return renderJson(report, "json");
  if (options.format === "jsonl") {
    return report.groups.map((group) => renderJson(group, "jsonl")).join("");
  }
  const groups = report.groups.map((group) => renderFlipGroup(group, options)).join("");
  return groups + renderUnjudged(report, options) + summarise(report);
}

const columns = [
  { header: "", align: "right" },
  { header: "" },
  { header: "", shrink: "end" },
] as const;
const unjudgedColumns = [
  { header: "", align: "right" },
  { header: "" },
  { header: "" },
  { header: "", shrink: "end" },
] as const;

/** One kind of change: how often, the name to acknowledge it by, and who it concerns. */
export function renderFlipGroup(group: FlipGroup, options: RenderOptions): string {
  const { style } = options;
  const colour: Colour = isWidening(group) ? "red" : group.to === "deny" ? "green" : "yellow";
  const arrow = paint(style, colour, `${group.from.toUpperCase()} -> ${group.to.toUpperCase()}`);
  const policies = group.policies.map((id) => renderText(style, id)).join(", ");
  const kind = renderText(style, group.operation);
  const times = group.count === 1 ? "1 decision" : `${group.count} decisions`;
  const head = `${arrow}  ${kind} by ${policies === "" ? "no policy" : policies}, ${times}\n` +
    `    group ${renderText(style, group.id)}\n`;
  const rows = group.examples.map(({ seq, at, asked }): readonly Cell[] => [
    { text: `#${seq}` },
    { text: at.slice(0, 19) },
    { text: asked },
  ]);
  const more = group.count - group.examples.length;
  const rest = more === 0 ? "" : `    and ${more} more, up to #${group.last_seq}\n`;
  return head + renderTable(columns, rows, { ...options, indent: 4 }) + rest;
}

function renderUnjudged(
  { unjudged_groups: groups }: BacktestReport,
  options: RenderOptions,
): string {
  if (groups.length === 0) return "";
  const rows = groups.map(({ code, count, first_seq: first, message }): readonly Cell[] => [
    { text: String(count) },
    { text: code },
    { text: `#${first}` },
    { text: message },
  ]);
  const head = paint(options.style, "yellow", "NOT JUDGED");
  return `${head}  how often, why, the first one\n` +
    renderTable(unjudgedColumns, rows, { ...options, indent: 4 });
}

/** The one line that says it all; unjudged is never the same. */
export function summarise(report: BacktestReport): string {
  const { decisions, same, changed, widened, unjudged } = report;
  const noun = decisions === 1 ? "decision" : "decisions";
  return `${decisions} ${noun}: ${same} the same, ${changed} changed, ${widened} of them ` +
    `allowed where they were stopped, ${unjudged} not judged\n`;
}
