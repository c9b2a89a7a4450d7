/**
 * What a host really does with every verdict and every failure, for people and programs.
 *
 * @module
 */
import { type Colour, paint } from "./cli/colour.ts";
import { wrapText } from "./cli/wrap_text.ts";
import type { TruthTable } from "./hook/truth_table.ts";
import type { Truth } from "./hook/truths/truth.ts";
import type { RenderOptions } from "./render.ts";

export function encodeTruths({ host, asOf, rows }: TruthTable): Record<string, unknown> {
  return { schema_version: 1, host, as_of: asOf, rows };
}

const chapters: readonly (readonly [Truth["kind"], string])[] = [
  ["verdict", "VERDICTS"],
  ["failure", "FAILURES"],
  ["gap", "WHAT A HOOK HARDLY SEES, OR NOT AT ALL"],
];

const outcomes: Readonly<Record<Truth["outcome"], readonly [string, Colour]>> = {
  blocked: ["BLOCKED", "green"],
  asks: ["ASKS", "yellow"],
  obeyed: ["OBEYED", "green"],
  host: ["HOST DECIDES", "yellow"],
  runs: ["RUNS", "red"],
  unseen: ["UNSEEN", "red"],
};

const widest = 100;
const narrowest = 40;

/** ASCII, and never wider than the terminal or 100 columns. */
export function renderTruths(table: TruthTable, options: RenderOptions): string {
  const width = Math.max(narrowest, Math.min(options.width ?? widest, widest));
  const parts = chapters.map(([kind, title]) => {
    const rows = table.rows.filter((row) => row.kind === kind);
    const head = paint(options.style, "bold", title);
    return `\n${head}\n${rows.map((row) => renderTruth(row, { ...options, width })).join("")}`;
  });
  const lines = wrapText(`${table.host}: ${table.asOf}`, width);
  return `${lines.join("\n")}\n${parts.join("")}`;
}

function renderTruth(row: Truth, { style, width }: RenderOptions): string {
  const [word, colour] = outcomes[row.outcome];
  const label = 11;
  const fields: readonly (readonly [string, string | null])[] = [
    ["we print", row.prints],
    ["the host", row.host],
    ["hole", row.hole],
    ["closed by", row.closes],
  ];
  const body = fields.flatMap(([name, text]) => {
    if (text === null) return [];
    return wrapText(text, (width ?? widest) - label - 4)
      .map((line, index) => `    ${(index === 0 ? name : "").padEnd(label)}${line}\n`);
  });
  const head = wrapText(row.situation, (width ?? widest) - 16)
    .map((line, index) => index === 0 ? line : `${" ".repeat(14)}${line}`).join("\n");
  return `  ${paint(style, colour, word.padEnd(12))}  ${head}\n${body.join("")}`;
}
