/**
 * What every rendering shares: formats, options and the one JSON encoder of the edges.
 *
 * @module
 */
import type { Style } from "./cli/colour.ts";

/** `json` is one indented document, `jsonl` one document per line. */
export const outputFormats = ["table", "json", "jsonl"] as const;
export type OutputFormat = typeof outputFormats[number];

/**
 * What a command may offer: other forms of a table, for a browser, for CI, for other programs. Its
 * command tells them apart by the flag's text; failures and everything else are told as beside a table.
 */
export type OfferedFormat = OutputFormat | "html" | "sarif" | "junit" | "github";

export interface RenderOptions {
  readonly format: OutputFormat;
  readonly style: Style;
  /** Columns of the terminal; null when the stream is none: then nothing is cut. */
  readonly width: number | null;
  readonly verbose?: boolean;
}

/**
 * One JSON document and a line end. Never coloured, whatever the stream is.
 *
 * @param value Plain data; the caller has put `schema_version` into it.
 */
export function renderJson(value: unknown, format: Exclude<OutputFormat, "table">): string {
  const json = JSON.stringify(value, null, format === "json" ? 2 : 0);
  // SECURITY: JSON leaves C1 controls, direction marks and line separators raw; a terminal obeys
  // them and some readers of lines split at them. Outside strings none of them can occur.
  return `${json.replace(unsafeInOutput, escapeUnit)}\n`;
}

const unsafeInOutput =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]|[\udb40-\udb43][\udc00-\udfff]/g;

function escapeUnit(units: string): string {
  return Array.from(
    { length: units.length },
    (_, i) => `\\u${units.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}
