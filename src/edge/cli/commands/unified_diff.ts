/**
 * A unified diff of one file, as diff -u writes it and patch takes it.
 *
 * @module
 */
import { alignLines } from "./diff_lines.ts";

const contextLines = 3;

/** One line of the diff with where it stands on each side. */
interface Row {
  readonly mark: string;
  /** With its line end, if it has one. */
  readonly line: string;
}

/**
 * The diff; empty when nothing differs.
 *
 * @param before Null when there is no file, `after` null when there will be none.
 */
export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  if (before === after) return "";
  const rows = alignLines(splitLines(before ?? ""), splitLines(after ?? ""))
    .map((line): Row => ({ mark: line.slice(0, 1), line: line.slice(2) }));
  const head = `--- ${before === null ? "/dev/null" : path}\n` +
    `+++ ${after === null ? "/dev/null" : path}\n`;
  return head + findHunks(rows).map(([start, end]) => renderHunk(rows, start, end)).join("");
}

function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Runs of rows that hold a change, with the context around them. */
function findHunks(rows: readonly Row[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  rows.forEach(({ mark }, index) => {
    if (mark === " ") return;
    const start = Math.max(0, index - contextLines);
    const end = Math.min(rows.length, index + contextLines + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else hunks.push([start, end]);
  });
  return hunks;
}

function renderHunk(rows: readonly Row[], start: number, end: number): string {
  const count = (part: readonly Row[], other: string) =>
    part.filter(({ mark }) => mark !== other).length;
  const shown = rows.slice(start, end);
  const range = (mark: string, other: string) => {
    const length = count(shown, other);
    // An empty range stands after the line before it.
    const first = count(rows.slice(0, start), other) + (length === 0 ? 0 : 1);
    return `${mark}${first},${length}`;
  };
  return `@@ ${range("-", "+")} ${range("+", "-")} @@\n` + shown.map(renderRow).join("");
}

function renderRow({ mark, line }: Row): string {
  if (line.endsWith("\n")) return `${mark}${line}`;
  return `${mark}${line}\n\\ No newline at end of file\n`;
}
