/**
 * An offset in a text as file, line, column.
 *
 * @module
 */
import { oneLine, type SourceLocation } from "../errors.ts";

/** A longer line is not shown: its caret would stand off the screen. */
const maxShownCharacters = 160;

/**
 * Finds the line an offset lies in; an offset past the end is the end.
 *
 * @param offset UTF-16 units from the start of `text`.
 */
export function locationAt(text: string, offset: number, file: string): SourceLocation {
  const at = Math.min(offset, text.length);
  const start = at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", start);
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < start; i = text.indexOf("\n", i + 1)) line++;
  const shown = shownLine(text.slice(start, end === -1 ? undefined : end));
  return { file, line, column: at - start + 1, ...shown };
}

/** The line as a location carries it: harmless on a terminal, left out when too long. */
export function shownLine(line: string): Pick<SourceLocation, "text"> {
  return line.length > maxShownCharacters ? {} : { text: oneLine(line.replace(/\r$/, "")) };
}
