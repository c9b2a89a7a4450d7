/**
 * The entry that stands before an export. SPEC.md, "Entries the log itself writes".
 *
 * @module
 */
import { cutText } from "../decision/cut_text.ts";
import type { JsonObject, Principal } from "../operation/operation.ts";
import type { NewEvent } from "./entry.ts";

const exportType = "audit.export";

/** Forms an export may have. */
export const exportForms = ["jsonl", "csv", "ocsf"] as const;
export type ExportForm = typeof exportForms[number];

/** What is going to leave. */
export interface ExportPlan {
  readonly as: ExportForm;
  readonly to: "file" | "stdout";
  /** Entries that match. */
  readonly rows: number;
  /** The newest entry that was looked at; those after it are not in the export. */
  readonly throughSeq: number;
  /** See encodeFilter. */
  readonly filter: JsonObject;
}

/** Who takes what out of the log. */
export function exportEvent(
  { as, to, rows, throughSeq, filter }: ExportPlan,
  principal: Principal,
): NewEvent {
  return {
    type: exportType,
    severity: "MEDIUM",
    details: { principal: cutText(principal), as, to, rows, through_seq: throughSeq, filter },
  };
}
