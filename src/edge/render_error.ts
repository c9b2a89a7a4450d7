/**
 * A failure for people (code, place, line, caret, hint) or for programs (an envelope that denies).
 *
 * @module
 */
import type { EngineError, SourceLocation } from "../core/errors.ts";
import { paint, renderText, type Style } from "./cli/colour.ts";
import { programName } from "./cli/command.ts";
import { displayWidth } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** Characters of the source line shown before and after the caret. */
const maxBefore = 60;
const maxAfter = 40;

/** Renders one failure. The JSON form says `allowed: false` whatever failed. */
export function renderError(
  error: EngineError,
  { format, style }: Pick<RenderOptions, "format" | "style">,
): string {
  if (format !== "table") return renderJson(encodeError(error), format);
  const code = paint(style, "red", `error[${error.code}]`);
  const hint = error.hint === null ? [] : [`hint: ${renderText(style, error.hint)}`];
  return [
    `${programName}: ${code}: ${renderText(style, error.message)}`,
    ...error.location === null ? [] : renderLocation(error.location, style),
    ...hint,
    `more: ${programName} help exit-codes`,
    "",
  ].join("\n");
}

function encodeError(error: EngineError): Readonly<Record<string, unknown>> {
  return {
    schema_version: 1,
    decision: "deny",
    allowed: false,
    error: {
      code: error.code,
      message: error.message,
      ...(error.hint === null ? {} : { hint: error.hint }),
      ...(error.location === null ? {} : { location: error.location }),
    },
    exit: error.exit,
  };
}

function renderLocation(location: SourceLocation, style: Style): string[] {
  const place = `  ${renderText(style, location.file)}:${location.line}:${location.column}`;
  if (location.text === undefined) return [place];
  const gutter = `  ${location.line} | `;
  const at = Math.max(0, location.column - 1);
  const before = renderSource(location.text.slice(Math.max(0, at - maxBefore), at), style);
  const after = renderSource(location.text.slice(at, at + maxAfter), style);
  const indent = " ".repeat(gutter.length + displayWidth(before));
  return [place, `${gutter}${before}${after}`.trimEnd(), `${indent}${paint(style, "red", "^")}`];
}

/** A tab is two blanks in both lines, so that the caret stands where the fault is. */
function renderSource(text: string, style: Style): string {
  return text.split("\t").map((part) => renderText(style, part)).join("  ");
}
