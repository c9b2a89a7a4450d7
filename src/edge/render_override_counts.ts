/**
 * Approvals of a span of the log, for a terminal.
 *
 * @module
 */
import type { OverrideReport } from "../core/report/override_counts.ts";
import { paint } from "./cli/colour.ts";
import { type Column, renderTable } from "./cli/table.ts";
import { describeOverrideCounts } from "./describe_override_counts.ts";
import type { RenderOptions } from "./render.ts";

const columns: readonly Column[] = [
  { header: "APPROVER".padEnd(28), shrink: "middle" },
  { header: "APPROVED", align: "right" },
  { header: "SAME UID", align: "right" },
  { header: "LAST" },
];

/** Empty where nobody was asked and nothing was tried. */
export function renderOverrideCounts(
  counts: Omit<OverrideReport, "grants">,
  options: RenderOptions,
): string {
  const lines = describeOverrideCounts(counts);
  if (lines.length === 0) return "";
  const { rows, other, distinct } = counts.approvers;
  const cells = rows.map((row) => [
    { text: row.name ?? "(without a name)" },
    { text: String(row.approved) },
    row.same_uid === 0
      ? { text: "-", colour: "dim" } as const
      : { text: String(row.same_uid), colour: "yellow" } as const,
    { text: `${row.last_at.slice(0, 16).replace("T", " ")}Z` },
  ]);
  const rest = other === 0 ? "" : `And ${other} in ${distinct - rows.length} more.\n`;
  return `${paint(options.style, "bold", "Approvals")}\n${lines.join("\n")}\n` +
    renderTable(columns, cells, options) + paint(options.style, "dim", rest);
}
