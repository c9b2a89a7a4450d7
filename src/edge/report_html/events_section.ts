/**
 * The part of the page a person must not miss: tampering and alarms come before all numbers.
 *
 * @module
 */
import type { EventList, Report } from "../../core/report/report.ts";
import { renderHtmlTable } from "./html_table.ts";

/** Empty where nothing happened. */
export function renderEventsSection({ events }: Report): string {
  const grave = renderEvents("Tampering and recovery", events.tampering) +
    renderEvents("Alarms", events.alarms);
  const policies = renderEvents("Policies and enrolments", events.policies);
  if (grave + policies === "") return "";
  const alarm = grave === "" ? "" : `<div class="alarm">${grave}</div>\n`;
  return `<h2>Tampering, alarms and policies</h2>\n${alarm}${policies}`;
}

function renderEvents(caption: string, { count, rows }: EventList): string {
  const columns = [
    { header: "Entry", isNumber: true },
    { header: "Time" },
    { header: "Severity" },
    { header: "Type", isCode: true },
    { header: "What", isCode: true },
  ] as const;
  return renderHtmlTable(caption, columns, {
    rows: rows.map(({ seq, at, severity, type, summary }) => {
      return [`#${seq}`, `${at.slice(0, 19).replace("T", " ")}`, severity, type, summary];
    }),
    note: count > rows.length ? `The newest ${rows.length} of ${count}.` : "",
  });
}
