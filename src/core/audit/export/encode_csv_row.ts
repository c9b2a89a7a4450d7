/**
 * CSV as RFC 4180 has it: CRLF, quotes doubled, a header row.
 *
 * @module
 */
import { unreadableCharacter } from "../../operation/fold_for_matching.ts";
import { readLoggedFields } from "./logged_fields.ts";
import { asciiJson, type ExportRow, rawLine } from "./export_row.ts";

/**
 * SECURITY: a spreadsheet runs a cell that begins so; an agent chooses its own labels. The guard is
 * one apostrophe in front. A cell that begins with an apostrophe gets one too, so that taking one
 * away always gives back what was meant.
 */
const formulaStart = /^[=+\-@\t\r\n'\uff0b\uff0d\uff1d\uff20]/;

const unreadable = new RegExp(unreadableCharacter.source, "gu");

/** Columns, in order; later versions only add behind them. */
export const csvColumns = [
  "row",
  "rows",
  "log",
  "seq",
  "at",
  "type",
  "severity",
  "decision",
  "operation",
  "target",
  "principal",
  "agent",
  "session",
  "key",
  "prev",
  "mac",
  "details",
  "raw",
] as const;

/** The header row with its CRLF. */
export const csvHeader = encodeCsvRecord(csvColumns);

/** One entry as a record with its CRLF. */
export function encodeCsvRow({ entry, row, rows, logId }: ExportRow): string {
  const { decision, operation, target, principal, agent, session } = readLoggedFields(entry);
  const labels = [decision, operation, target, principal, agent, session].map(showUnreadable);
  const numbers = [row, rows].map(String);
  const { seq, at, type, severity, key, prev, mac } = entry;
  const details = asciiJson(entry.details);
  return encodeCsvRecord([
    ...numbers,
    logId,
    String(seq),
    at,
    type,
    severity,
    ...labels,
    key,
    prev,
    mac,
    details,
    rawLine(entry),
  ]);
}

/** A record with its CRLF. Reading it back gives the same cells once unguardCell took the guard. */
export function encodeCsvRecord(cells: readonly string[]): string {
  return `${cells.map((cell) => quoteCell(guardCell(cell))).join(",")}\r\n`;
}

function guardCell(cell: string): string {
  return formulaStart.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before it was guarded. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

function quoteCell(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Labels are for people, who may look at them in a terminal; `details` and `raw` are ASCII anyway. */
function showUnreadable(text: string | null): string {
  return (text ?? "").replace(unreadable, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
