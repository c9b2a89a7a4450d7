/**
 * The lines two short texts differ in, for a human's eyes.
 *
 * @module
 */

/** A table of this many cells takes milliseconds; longer texts are shown as replaced. */
const maxCells = 4_000_000;

/**
 * Longest-common-subsequence diff.
 *
 * @returns Lines with `- `, `+ ` or two blanks; unchanged runs longer than six are cut to a mark.
 */
export function diffLines(before: string, after: string): readonly string[] {
  return shorten(alignLines(before.split("\n"), after.split("\n")));
}

/** Every line of both sides with `- `, `+ ` or two blanks, none left out. */
export function alignLines(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length * b.length > maxCells) {
    return [...a.map((line) => `- ${line}`), ...b.map((line) => `+ ${line}`)];
  }
  return walk(a, b, lengths(a, b));
}

function lengths(a: readonly string[], b: readonly string[]): readonly Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = rows[i] ?? new Uint32Array();
    const below = rows[i + 1] ?? new Uint32Array();
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

function walk(
  a: readonly string[],
  b: readonly string[],
  rows: readonly Uint32Array[],
): readonly string[] {
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const down = rows[i + 1]?.[j] ?? -1;
    const right = rows[i]?.[j + 1] ?? -1;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && down >= right)) {
      lines.push(`- ${a[i++]}`);
    } else {
      lines.push(`+ ${b[j++]}`);
    }
  }
  return lines;
}

function shorten(lines: readonly string[]): readonly string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - 3), index + 4).some((line) => !line.startsWith("  "));
  const kept: string[] = [];
  lines.forEach((line, index) => {
    if (isNear(index)) kept.push(line);
    else if (kept.at(-1) !== "  ...") kept.push("  ...");
  });
  return kept;
}
