/**
 * A place in a text for people: file, line, column, the line itself and a caret under the fault.
 *
 * @module
 */
import type { SourceLocation } from "../core/errors.ts";
import { type Colour, paint, renderText, type Style } from "./cli/colour.ts";
import { displayWidth } from "./cli/table.ts";

/** Characters of the source line shown before and after the caret. */
const maxBefore = 60;
const maxAfter = 40;

/** One line, or three where the location has its text. */
export function renderLocation(
  location: SourceLocation,
  style: Style,
  colour: Colour = "red",
): string[] {
  const place = `  ${renderText(style, location.file)}:${location.line}:${location.column}`;
  if (location.text === undefined) return [place];
  const gutter = `  ${location.line} | `;
  const at = Math.max(0, location.column - 1);
  const before = renderSource(location.text.slice(Math.max(0, at - maxBefore), at), style);
  const after = renderSource(location.text.slice(at, at + maxAfter), style);
  const indent = " ".repeat(gutter.length + displayWidth(before));
  return [place, `${gutter}${before}${after}`.trimEnd(), `${indent}${paint(style, colour, "^")}`];
}

/** A tab is two blanks in both lines, so that the caret stands where the fault is. */
function renderSource(text: string, style: Style): string {
  return text.split("\t").map((part) => renderText(style, part)).join("  ");
}
