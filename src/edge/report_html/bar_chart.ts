/**
 * Horizontal bars as plain SVG: counts by name, the part that was stopped hatched. The table beside
 * a chart says the same in words.
 *
 * @module
 */
import { escapeHtml } from "./escape_html.ts";

export interface Bar {
  readonly name: string;
  readonly count: number;
  /** Part of `count` drawn hatched. */
  readonly stopped: number;
}

export interface ChartWords {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Units of the drawing; the page scales it. */
const width = 640;
const rowHeight = 26;
const barHeight = 16;
const labelWidth = 190;
const valueWidth = 60;
const maxLabel = 26;

/** Empty for no bars. */
export function renderBarChart(words: ChartWords, bars: readonly Bar[]): string {
  if (bars.length === 0) return "";
  const most = Math.max(...bars.map(({ count }) => count), 1);
  const scale = (count: number) => count / most * (width - labelWidth - valueWidth);
  const rows = bars.map((bar, i) => renderBar(bar, i * rowHeight + 4, scale));
  return openSvg(words, bars.length * rowHeight + 8) + `${rows.join("\n")}\n</svg>\n`;
}

/** The beginning of a drawing that assistive technology can name. */
export function openSvg({ id, title, description }: ChartWords, height: number): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-labelledby="${id}-title ${id}-desc">` +
    `<title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-desc">${escapeHtml(description)}</desc>\n`;
}

function renderBar(
  { name, count, stopped }: Bar,
  top: number,
  scale: (count: number) => number,
): string {
  const middle = top + barHeight / 2;
  const plain = scale(count - stopped);
  const hatched = scale(stopped);
  const end = labelWidth + plain + hatched;
  return `<text x="${labelWidth - 10}" y="${middle}" class="label">${cutLabel(name)}</text>` +
    renderRect("plain", { x: labelWidth, y: top, width: plain }) +
    renderRect("stopped", { x: labelWidth + plain, y: top, width: hatched }) +
    `<text x="${round(end + 8)}" y="${middle}" class="value">${count}</text>`;
}

function renderRect(
  kind: "plain" | "stopped",
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string {
  if (width <= 0) return "";
  return `<rect class="${kind}" x="${round(x)}" y="${y}" ` +
    `width="${round(Math.max(width, 1))}" height="${barHeight}"/>`;
}

/** The end of a path says more than its beginning. */
function cutLabel(name: string): string {
  const characters = [...name];
  if (characters.length <= maxLabel) return escapeHtml(name);
  return escapeHtml(`\u2026${characters.slice(1 - maxLabel).join("")}`);
}

/** Two decimals: the same bytes everywhere. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
