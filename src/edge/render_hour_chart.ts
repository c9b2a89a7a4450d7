/**
 * Entries by hour as bars of plain characters, one for each severity; colour only repeats them.
 *
 * @module
 */
import { severities, type Severity } from "../core/policy/policy.ts";
import type { SpanRow } from "../core/report/log_stats.ts";
import { paint } from "./cli/colour.ts";
import { severityColour } from "./render_decision.ts";
import type { RenderOptions } from "./render.ts";

/** Bars of a chart: a day. */
const maxBars = 24;
const noTerminalColumns = 80;
const maxColumns = 120;
const minBarColumns = 8;
const hourMillis = 3_600_000;

/** The worst leftmost: it must be seen in a bar that is cut. */
const worstFirst = severities.toReversed();
const marks: Readonly<Record<Severity, string>> = {
  LOW: "-",
  MEDIUM: "+",
  HIGH: "#",
  CRITICAL: "!",
};

/** The newest 24 hours up to the last entry's, empty ones too; empty for no entries. */
export function renderHourChart(hours: readonly SpanRow[], options: RenderOptions): string {
  const last = hours.at(-1);
  if (last === undefined) return "";
  const { style } = options;
  const rows = newestHours(hours, last);
  const most = Math.max(...rows.map(({ entries }) => entries));
  const numberColumns = String(most).length;
  // Label, two blanks, bar, blank, number.
  const columns = Math.min(options.width ?? noTerminalColumns, maxColumns);
  const room = Math.max(minBarColumns, columns - labelColumns - numberColumns - 3);
  const lines = rows.map((row) => {
    const bar = renderBar(row, most, room, options);
    return `${labelOf(row.span)}  ${bar} ${row.entries === 0 ? "" : row.entries}`.trimEnd();
  });
  const legend = worstFirst.map((name) => {
    return `${paint(style, severityColour[name], marks[name])} ${name}`;
  }).join("  ");
  return `${paint(style, "bold", "Entries by hour (UTC)")}  ${legend}\n${lines.join("\n")}\n`;
}

const labelColumns = "11-22 18h".length;

function labelOf(span: string): string {
  return `${span.slice(5, 10)} ${span.slice(11, 13)}h`;
}

function newestHours(hours: readonly SpanRow[], last: SpanRow): readonly SpanRow[] {
  const known = new Map(hours.map((row) => [row.span, row]));
  const end = Date.parse(`${last.span}:00:00Z`);
  const first = Date.parse(`${hours[0]?.span ?? last.span}:00:00Z`);
  const count = Math.min(maxBars, Math.round((end - first) / hourMillis) + 1);
  return Array.from({ length: count }, (_, i) => {
    const span = new Date(end - (count - 1 - i) * hourMillis).toISOString().slice(0, 13);
    return known.get(span) ?? { ...noEntries, span };
  });
}

const noEntries = { entries: 0, bytes: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };

/** Each severity that was met has a mark of its own, however few its entries are. */
function renderBar(
  row: SpanRow,
  most: number,
  room: number,
  { style }: RenderOptions,
): string {
  let left = Math.round(row.entries / most * room);
  return worstFirst.map((name) => {
    if (row[name] === 0) return "";
    const wanted = Math.max(1, Math.round(row[name] / most * room));
    const length = Math.max(1, Math.min(wanted, left));
    left -= length;
    return paint(style, severityColour[name], marks[name].repeat(length));
  }).join("");
}
