/**
 * A captioned table that reads without colour; its first column names the row.
 *
 * @module
 */
import { escapeHtml } from "./escape_html.ts";

export interface HtmlColumn {
  readonly header: string;
  readonly isNumber?: true;
  /** A command, path or pattern: shown in the fixed font, may break anywhere. */
  readonly isCode?: true;
}

/** Empty for no rows. `note` is said below, e.g. what is left out. */
export function renderHtmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  content: { readonly rows: readonly (readonly (string | number)[])[]; readonly note?: string },
): string {
  if (content.rows.length === 0) return "";
  const head = columns.map(({ header, isNumber }) =>
    `<th scope="col"${isNumber ? ' class="n"' : ""}>${escapeHtml(header)}</th>`
  );
  const body = content.rows.map((row) => `<tr>${row.map(renderCell(columns)).join("")}</tr>`);
  const note = content.note === undefined || content.note === ""
    ? ""
    : `<p class="note">${escapeHtml(content.note)}</p>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}">` +
    `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head.join("")}</tr></thead>\n` +
    `<tbody>\n${body.join("\n")}\n</tbody></table></div>${note}\n`;
}

function renderCell(columns: readonly HtmlColumn[]) {
  return (value: string | number, i: number): string => {
    const column = columns[i];
    const text = escapeHtml(String(value));
    const shown = column?.isCode && text !== "" ? `<code>${text}</code>` : text;
    if (i === 0) return `<th scope="row"${column?.isNumber ? ' class="n"' : ""}>${shown}</th>`;
    return `<td${column?.isNumber ? ' class="n"' : ""}>${shown}</td>`;
  };
}
