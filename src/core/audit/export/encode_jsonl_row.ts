/**
 * JSON lines: the entry as parsed, beside the line it was verified by.
 *
 * @module
 */
import { asciiJson, type ExportRow, rawLine } from "./export_row.ts";

/** One ASCII line with its LF; `schema_version` 1: keys are only ever added. */
export function encodeJsonlRow({ entry, row, rows, logId }: ExportRow): string {
  const { seq, at, type, severity, key, details, prev, mac } = entry;
  const raw = rawLine(entry);
  const object = {
    schema_version: 1,
    row,
    rows,
    log: logId,
    seq,
    at,
    type,
    severity,
    key,
    details,
    prev,
    mac,
    raw,
  };
  return `${asciiJson(object)}\n`;
}
