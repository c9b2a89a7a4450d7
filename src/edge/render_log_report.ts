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
    ...nextLines(report),
    "",
  ].join("\n");
}

/** What a person does now. Only entries that are known to be lost can be accepted as lost. */
function nextLines({ verdict, kind, unverifiable }: LogReport): string[] {
  const evidence = "keep the files as they are, as evidence";
  switch (verdict) {
    case "OK":
    case "OK-UNANCHORED":
    case "UNCLEAN-END":
    case "FRONT-PRUNED":
      return [];
    case "UNVERIFIABLE":
      return unverifiable.length === 0
        ? ["  next: `sealward help environment` says which secret is taken"]
        : ["  next: whoever keeps their secret: `sealward audit verify --root-secret-file FILE`"];
    case "ROLLBACK":
      return kind === "anchor"
        ? [`  next: ${evidence}`]
        : [`  next: ${evidence}; after a restored backup \`sealward audit accept-rollback\``];
    case "TAMPERED":
    case "FORK":
    case "FOREIGN-LOG":
    case "MISSING":
      return [`  next: ${evidence}; then restore a backup, or start over`];
  }
}

function findingLines({ seq, offset, kind }: LogReport): string[] {
  const parts = [
    seq === null ? "" : `entry #${seq}`,
    offset === null ? "" : `byte ${offset}`,
    kind ?? "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [`  first finding: ${parts.join(", ")}`];
}
