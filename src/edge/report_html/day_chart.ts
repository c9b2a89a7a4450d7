/**
 * Decisions over days as plain SVG: one stacked column for each day that has any.
 *
 * @module
 */
import type { DayRow } from "../../core/report/report.ts";
import { openSvg, round } from "./bar_chart.ts";

/** Columns that are still told apart. */
const maxDays = 60;
const left = 46;
const right = 630;
const top = 12;
const bottom = 150;
const maxColumnWidth = 44;

const parts = [
  ["plain", ({ allow, would_deny: wouldDeny }: DayRow) => allow - wouldDeny],
  ["stopped", ({ would_deny: wouldDeny }: DayRow) => wouldDeny],
  ["ask", ({ ask }: DayRow) => ask],
  ["deny", ({ deny }: DayRow) => deny],
] as const;

/** Empty for no days; the newest 60 otherwise. */
export function renderDayChart(days: readonly DayRow[]): string {
  const shown = days.slice(-maxDays);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return "";
  const most = Math.max(...shown.map(countOf));
  const step = (right - left) / shown.length;
  const columnWidth = Math.min(maxColumnWidth, step * 0.8);
  const columns = shown.map((day, i) => {
    return renderColumn(day, { x: left + step * (i + 0.5) - columnWidth / 2, columnWidth, most });
  });
  const words = {
    id: "days",
    title: "Decisions over days",
    description: `${shown.length} days from ${first.day} to ${last.day}, at most ${most} ` +
      "decisions a day. The table below has the numbers.",
  };
  return openSvg(words, 180) + renderAxes(most) + columns.join("\n") +
    renderDates(shown, step) + "</svg>\n";
}

/** Decisions of a day. */
export function countOf({ allow, ask, deny }: DayRow): number {
  return allow + ask + deny;
}

function renderColumn(
  day: DayRow,
  { x, columnWidth, most }: { x: number; columnWidth: number; most: number },
): string {
  let y = bottom;
  return parts.map(([kind, countIn]) => {
    const height = countIn(day) / most * (bottom - top);
    y -= height;
    return height <= 0 ? "" : `<rect class="${kind}" x="${round(x)}" y="${round(y)}" ` +
      `width="${round(columnWidth)}" height="${round(height)}"/>`;
  }).join("");
}

function renderAxes(most: number): string {
  return `<path class="axis" d="M${left} ${top}H${right}M${left} ${bottom}H${right}"/>` +
    `<text x="${left - 8}" y="${top}" class="label">${most}</text>` +
    `<text x="${left - 8}" y="${bottom}" class="label">0</text>\n`;
}

/** First and last day, and one between where there is room. */
function renderDates(days: readonly DayRow[], step: number): string {
  const middle = Math.floor((days.length - 1) / 2);
  const indexes = new Set(days.length > 4 ? [0, middle, days.length - 1] : days.keys());
  return [...indexes].map((i) => {
    const x = round(left + step * (i + 0.5));
    return `<text x="${x}" y="${bottom + 16}" class="date">${days[i]?.day ?? ""}</text>`;
  }).join("");
}
