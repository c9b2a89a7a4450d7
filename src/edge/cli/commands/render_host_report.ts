/**
 * A host's wiring, for people.
 *
 * @module
 */
import type { HostReport, HostVerdict } from "../../hook/wiring/report_host.ts";
import type { RenderOptions } from "../../render.ts";
import { type Colour, paint, renderText } from "../colour.ts";
import { renderTable } from "../table.ts";
import { wrapText } from "../wrap_text.ts";

const verdictColour: Readonly<Record<HostVerdict, Colour>> = {
  "PROTECTED": "green",
  "DRIFT": "red",
  "UNPROVEN": "yellow",
  "NOT INSTALLED": "yellow",
};

const notSent = "canary: not sent; only a line that install would write is ever run";
const observes = "the policy observes: beside Sealward's own files and agents' settings nothing " +
  "is blocked, only recorded";

const widest = 100;
/** Below it nothing is readable; a terminal that does not know its width says 0. */
const narrowest = 40;

export function renderHostReport(report: HostReport, options: RenderOptions): string {
  const { style } = options;
  const word = paint(style, verdictColour[report.verdict], report.verdict);
  const rows = report.places.map(({ scope, state, path }) => [
    { text: scope },
    { text: state.replaceAll("_", " ") },
    { text: path },
  ]);
  const columns = [{ header: "" }, { header: "" }, { header: "", shrink: "middle" as const }];
  const table = renderTable(columns, rows, { style, width: options.width, indent: 2 });
  const width = Math.max(narrowest, Math.min(options.width ?? widest, widest));
  const lines = reasonsOf(report).flatMap((line) => wrapText(renderText(style, line), width - 4));
  return `${word}  ${report.host}\n${table}${lines.map((line) => `  ${line}\n`).join("")}`;
}

function reasonsOf(report: HostReport): readonly string[] {
  const isWired = report.verdict !== "NOT INSTALLED";
  return [
    ...report.places.flatMap(({ scope, reasons }) => reasons.map((why) => `${scope}: ${why}`)),
    ...report.places.flatMap(({ scope, road }) => road === null ? [] : [`${scope}: ${road}`]),
    ...report.switches,
    ...report.canaries.map(({ scope, seq, fault }) =>
      fault === null
        ? `canary (${scope}): denied in the host's own form, entry #${seq}`
        : `canary (${scope}): not proven: ${fault}`
    ),
    ...(report.canaries.some(({ mode }) => mode === "observe") ? [observes] : []),
    ...(isWired && report.canaries.length === 0 ? [notSent] : []),
    ...(isWired ? [`not proven here: ${report.unproven}`] : []),
  ];
}
