/**
 * A failure for people (code, place, line, caret, hint) or for programs (an envelope that denies).
 *
 * @module
 */
import type { EngineError } from "../core/errors.ts";
import { paint, renderText } from "./cli/colour.ts";
import { programName } from "./cli/command.ts";
import { renderJson, type RenderOptions } from "./render.ts";
import { renderLocation } from "./render_location.ts";

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
    `more: ${programName} explain ${error.code}`,
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
