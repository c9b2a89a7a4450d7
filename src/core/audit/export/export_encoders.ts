/**
 * The forms of an export by name.
 *
 * @module
 */
import type { ExportForm } from "../export_event.ts";
import { csvHeader, encodeCsvRow } from "./encode_csv_row.ts";
import { encodeJsonlRow } from "./encode_jsonl_row.ts";
import { encodeOcsfEvent } from "./encode_ocsf_event.ts";
import type { ExportRow } from "./export_row.ts";

/** How a form begins, and how it writes a row; both end their lines. */
export interface ExportEncoder {
  readonly header: string;
  readonly encode: (row: ExportRow) => string;
}

export const exportEncoders: Readonly<Record<ExportForm, ExportEncoder>> = {
  jsonl: { header: "", encode: encodeJsonlRow },
  csv: { header: csvHeader, encode: encodeCsvRow },
  ocsf: { header: "", encode: encodeOcsfEvent },
};
