/**
 * What `audit verify` says of the log.
 *
 * @module
 */
import type { LogReport, LogVerdict } from "../core/audit/log_report.ts";
import { type Colour, paint, renderText } from "./cli/colour.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const verdictColour: Readonly<Record<LogVerdict, Colour>> = {
  "OK": "green",
  "OK-UNANCHORED": "green",
  "UNCLEAN-END": "yellow",
  "FRONT-PRUNED": "yellow",
  "UNVERIFIABLE": "yellow",
  "TAMPERED": "red",
  "ROLLBACK": "red",
  "FORK": "red",
  "FOREIGN-LOG": "red",
  "MISSING": "red",
};

export function renderLogReport(report: LogReport, options: RenderOptions): string {
  if (options.format !== "table") {
    return renderJson({ schema_version: 1, ...report }, options.format);
  }
  const { style } = options;
  const verdict = paint(style, verdictColour[report.verdict], report.verdict);
  return [
    `${verdict}  ${renderText(style, report.message)}`,
    ...findingLines(report),
    `  verified entries: ${report.entries}`,
    ...report.head_seq < 0 ? [] : [`  head: #${report.head_seq} ${report.head_mac}`],
    "",
  ].join("\n");
}

function findingLines({ seq, offset, kind }: LogReport): string[] {
  const parts = [
    seq === null ? "" : `entry #${seq}`,
    offset === null ? "" : `byte ${offset}`,
    kind ?? "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [`  first finding: ${parts.join(", ")}`];
}
