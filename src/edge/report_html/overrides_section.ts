/**
 * The part of the page on what people approved, and how often they were asked.
 *
 * @module
 */
import type { Report } from "../../core/report/report.ts";
import { describeOverrideCounts } from "../describe_override_counts.ts";
import { restText } from "../report_view.ts";
import { escapeHtml } from "./escape_html.ts";
import { renderHtmlTable } from "./html_table.ts";

/** Empty where nobody was asked. */
export function renderOverridesSection({ overrides }: Report): string {
  const lines = describeOverrideCounts(overrides);
  if (lines.length === 0) return "";
  const approverColumns = [
    { header: "Approver" },
    { header: "Approved", isNumber: true },
    { header: "Could be forged by the asker", isNumber: true },
    { header: "Last" },
  ] as const;
  const grantColumns = [
    { header: "Entry", isNumber: true },
    { header: "Time" },
    { header: "Approver" },
    { header: "Trust" },
    { header: "Reach" },
    { header: "Why" },
  ] as const;
  const { approvers, grants, approved } = overrides;
  return `<h2>Approvals</h2>\n${lines.map((line) => `<p>${escapeHtml(line)}</p>\n`).join("")}` +
    renderHtmlTable("Who approved", approverColumns, {
      rows: approvers.rows.map((row) => {
        return [row.name ?? "(without a name)", row.approved, row.same_uid, toSecond(row.last_at)];
      }),
      note: restText(approvers),
    }) +
    renderHtmlTable("What was approved", grantColumns, {
      rows: grants.map((row) => [
        `#${row.seq}`,
        toSecond(row.at),
        row.approved_by ?? "(without a name)",
        row.override_trust ?? "",
        row.kind ?? "",
        row.justification,
      ]),
      note: approved > grants.length ? `The newest ${grants.length} of ${approved}.` : "",
    });
}

function toSecond(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}
