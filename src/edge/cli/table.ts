/**
 * Aligned columns for people. Every cell is text from outside until it has passed renderText.
 *
 * @module
 */
import { type Colour, paint, renderText, type Style } from "./colour.ts";

export interface Column {
  /** Empty for none; when all are empty the table has no header line. */
  readonly header: string;
  readonly align?: "right";
  /** What may be cut when the table is wider than the terminal: a path's middle, a text's end. */
  readonly shrink?: "middle" | "end";
}

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

export interface TableOptions {
  readonly style: Style;
  /** Columns of the terminal; null means nothing is cut. */
  readonly width: number | null;
  readonly indent?: number;
}

const gap = "  ";
const minShrunkColumns = 12;

/** Lines joined by LF, each ended by one; empty when there is no row. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  if (rows.length === 0) return "";
  const { style, indent = 0 } = options;
  const body = rows.map((row) =>
    row.map((cell) => ({ ...cell, text: renderText(style, cell.text) }))
  );
  const head: Cell[] = columns.map((column) => ({ text: column.header, colour: "dim" }));
  const lines = columns.some((column) => column.header !== "") ? [head, ...body] : body;
  const widths = planWidths(columns, lines, options);
  const margin = " ".repeat(indent);
  return lines.map((line) => `${margin}${renderLine(columns, line, widths, style)}\n`).join("");
}

function renderLine(
  columns: readonly Column[],
  line: readonly Cell[],
  widths: readonly number[],
  style: Style,
): string {
  return columns.map((column, i) => {
    const cell = line[i] ?? { text: "" };
    const width = widths[i] ?? 0;
    const text = truncate(cell.text, width, column.shrink ?? "end", style);
    const padding = " ".repeat(Math.max(0, width - displayWidth(text)));
    const shown = cell.colour === undefined ? text : paint(style, cell.colour, text);
    if (column.align === "right") return padding + shown;
    return i === columns.length - 1 ? shown : shown + padding;
  }).join(gap).trimEnd();
}

function planWidths(
  columns: readonly Column[],
  lines: readonly (readonly Cell[])[],
  { width, indent = 0 }: TableOptions,
): readonly number[] {
  const widths = columns.map((_, i) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[i]?.text ?? "")), 0)
  );
  if (width === null) return widths;
  const wanted = widths.reduce(
    (sum, each) => sum + each,
    indent + gap.length * (widths.length - 1),
  );
  let excess = wanted - width;
  // Last columns first: they hold the long free text.
  for (let i = columns.length - 1; i >= 0 && excess > 0; i--) {
    const own = widths[i] ?? 0;
    if (columns[i]?.shrink === undefined || own <= minShrunkColumns) continue;
    const shrunk = Math.max(minShrunkColumns, own - excess);
    widths[i] = shrunk;
    excess -= own - shrunk;
  }
  return widths;
}

/** Cuts text to `width` columns, showing that and where it was cut. */
export function truncate(
  text: string,
  width: number,
  where: "middle" | "end",
  style: Style,
): string {
  if (displayWidth(text) <= width) return text;
  const mark = style.unicode ? "\u2026" : "...";
  const room = Math.max(0, width - displayWidth(mark));
  const tailRoom = where === "end" ? 0 : Math.ceil(room / 2);
  const characters = [...text];
  const head = takeColumns(characters, room - tailRoom);
  const tail = takeColumns(characters.reverse(), tailRoom).reverse();
  return [...head, mark, ...tail].join("");
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => (used += columnsOf(character)) > columns);
  return characters.slice(0, end === -1 ? undefined : end);
}

/** Columns a terminal needs: marks 0, East Asian wide characters and emoji 2, the rest 1. */
export function displayWidth(text: string): number {
  if (/^[\0-\x7f]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** Close to UAX 11 and EMOJI presentation; a terminal may disagree on rare characters. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

function columnsOf(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
