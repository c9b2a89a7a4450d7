/**
 * An inspection of a module: for people, and as one document. SECURITY: names in it are anybody's.
 *
 * @module
 */
import { paint, renderText } from "../cli/colour.ts";
import { type Cell, renderTable } from "../cli/table.ts";
import { renderJson, type RenderOptions } from "../render.ts";
import type { Inspection } from "./inspection.ts";

/** Rows of imports or exports that people are shown; a toolchain's own fill pages. */
const maxShownNames = 40;

export function renderInspection(found: Inspection, options: RenderOptions): string {
  if (options.format !== "table") return renderJson(documentOf(found), options.format);
  const { facts } = found;
  return renderHead(found, options) + renderRefusals(found, options) +
    (facts === null ? "" : renderFacts(facts, options));
}

function documentOf({ file, sha256, bytes, abi, refusals, facts }: Inspection) {
  const base = { schema_version: 1, file, sha256, bytes, abi, refused: abi === null, refusals };
  if (facts === null) return base;
  return {
    ...base,
    imports: facts.imports,
    exports: facts.exports,
    features: facts.features,
    custom_sections: facts.customSections,
    instructions: facts.instructions,
    has_start: facts.hasStart,
    headroom: facts.headroom.map(({ limit, got, wanted }) => ({ limit, got, at_most: wanted })),
  };
}

function renderHead({ file, sha256, bytes, abi }: Inspection, { style }: RenderOptions): string {
  const verdict = abi === null
    ? paint(style, "red", "REFUSED")
    : `${paint(style, "green", "OK")}, it passes as ${abi}`;
  return `${renderText(style, file)}: ${verdict}\n` +
    `  sha256  ${sha256}\n  bytes   ${bytes}\n`;
}

function renderRefusals({ refusals }: Inspection, { style }: RenderOptions): string {
  return refusals.map(({ abi, code, message, offset }) => {
    const as = abi === null ? "" : ` as ${abi}`;
    const at = offset === null ? "" : ` (byte ${offset})`;
    return `  refused${as}: ${code}: ${renderText(style, message)}${at}\n`;
  }).join("");
}

function renderFacts(facts: NonNullable<Inspection["facts"]>, options: RenderOptions): string {
  const { style } = options;
  const listed = (names: readonly string[]) => renderText(style, names.join(", ") || "none");
  const imports = facts.imports.map(({ module, name, type }) => [`${module}.${name}`, type]);
  const exports = facts.exports.map(({ name, type }) => [name, type]);
  return `  instructions ${facts.instructions}, ${facts.hasStart ? "with" : "no"} start section\n` +
    `  features: ${listed(facts.features)}\n` +
    `  custom sections: ${listed(facts.customSections)}\n` +
    renderNames("Imports", imports, options) + renderNames("Exports", exports, options) +
    renderHeadroom(facts.headroom, options);
}

function renderNames(
  title: string,
  rows: readonly (readonly string[])[],
  options: RenderOptions,
): string {
  if (rows.length === 0) return `\n${title}: none\n`;
  const shown = rows.slice(0, maxShownNames).map((row) => row.map((text): Cell => ({ text })));
  const more = rows.length - shown.length;
  const table = renderTable([{ header: "", shrink: "end" }, { header: "", shrink: "end" }], shown, {
    ...options,
    indent: 2,
  });
  return `\n${title}\n${table}${more > 0 ? `  and ${more} more (--json has all)\n` : ""}`;
}

function renderHeadroom(
  rows: NonNullable<Inspection["facts"]>["headroom"],
  options: RenderOptions,
): string {
  const table = renderTable(
    [
      { header: "LIMIT" },
      { header: "HAS", align: "right" },
      { header: "AT MOST", align: "right" },
      { header: "USED", align: "right" },
    ],
    rows.map(({ limit, got, wanted }) => [
      { text: limit },
      { text: String(got) },
      { text: String(wanted) },
      { text: percentOf(got, wanted), ...(got > wanted ? { colour: "red" as const } : {}) },
    ]),
    { ...options, indent: 2 },
  );
  return `\nHeadroom\n${table}`;
}

function percentOf(got: number, most: number): string {
  if (most === 0) return got === 0 ? "0 %" : "over";
  const percent = (got / most) * 100;
  return percent > 0 && percent < 1 ? "<1 %" : `${Math.round(percent)} %`;
}
