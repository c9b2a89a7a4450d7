/**
 * The report as one page that needs nothing else: no script, no request, plain SVG. Everything an
 * agent wrote passes escapeHtml.
 *
 * @module
 */
import type { Report } from "../../core/report/report.ts";
import { describeLog, planNextSteps, type ReportView, summarise } from "../report_view.ts";
import { escapeHtml } from "./escape_html.ts";
import { pageStyle } from "./page_style.ts";
import { renderHtmlTable } from "./html_table.ts";
import { renderStopsSection } from "./stops_section.ts";
import { renderWorkSection } from "./work_section.ts";
import { renderEventsSection } from "./events_section.ts";
import { renderOverridesSection } from "./overrides_section.ts";

/** The whole document, UTF-8, ended by LF; its size is bounded by the rows the report has. */
export function renderReportHtml(view: ReportView): string {
  const { report, root } = view;
  const name = root.slice(root.lastIndexOf("/") + 1) || root;
  const summary = summarise(view).map((line) => `<p>${escapeHtml(line)}</p>`).join("\n");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>What agents did in ${escapeHtml(name, 80)}</title>
<style>${pageStyle}</style>
</head>
<body>
${hatch}
<header>
<h1>What agents did in ${escapeHtml(name, 80)}</h1>
<p class="soft"><code>${escapeHtml(root, 400)}</code>${filterText(report)}</p>
</header>
<main>
${summary}
${renderTiles(report)}${renderEventsSection(report)}${renderOverridesSection(report)}${
    renderStopsSection(report)
  }${renderWorkSection(report)}${renderLog(view)}${renderProposal(view)}${renderSteps(view)}</main>
<footer>
<p>Made by <code>sealward report</code> from verified entries of the log. Names, commands and labels
are what agents said. Times are UTC.</p>
</footer>
</body>
</html>
`;
}

const hatch = '<svg class="defs" aria-hidden="true" focusable="false"><defs>' +
  '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" ' +
  'patternTransform="rotate(45)"><path class="hatch" d="M1 0V5" stroke-width="2"/></pattern>' +
  "</defs></svg>";

function filterText({ filter }: Report): string {
  const parts = Object.entries(filter).filter(([, value]) => value !== null)
    .map(([key, value]) => ` \u00b7 ${key} ${escapeHtml(value ?? "", 80)}`);
  return parts.join("");
}

function renderTiles({ decisions }: Report): string {
  const tile = (name: string, count: number) => `<div><dt>${name}</dt><dd>${count}</dd></div>`;
  return `<dl class="tiles">${tile("allowed", decisions.allow - decisions.would_deny)}${
    tile("would be stopped", decisions.would_deny)
  }${tile("asked", decisions.ask)}${tile("denied", decisions.deny)}</dl>\n`;
}

function renderLog(view: ReportView): string {
  const columns = [{ header: "What" }, { header: "Found", isCode: true }] as const;
  const table = renderHtmlTable("Verified for this report", columns, { rows: describeLog(view) });
  return `<h2>The log</h2>\n<p class="soft">${escapeHtml(view.log.message, 400)}</p>\n${table}`;
}

function renderProposal({ proposedPolicy, report }: ReportView): string {
  if (proposedPolicy === null || report.decisions.count === 0) return "";
  // A line keeps its whole text: what a person may copy must be what was meant.
  const text = proposedPolicy.trimEnd().split("\n").map((line) => escapeHtml(line, 4_096));
  return `<h2>Proposed policy</h2>
<p>Text only: nothing of it counts before a human has accepted it.</p>
<pre tabindex="0" role="region" aria-label="Proposed policy"><code>${text.join("\n")}</code></pre>
`;
}

function renderSteps(view: ReportView): string {
  const steps = planNextSteps(view).map(({ command, what }) =>
    `<li><code>${escapeHtml(command)}</code><p class="soft">${escapeHtml(what)}</p></li>`
  );
  if (steps.length === 0) return "";
  return `<h2>Next</h2>\n<ol class="steps">\n${steps.join("\n")}\n</ol>\n`;
}
