/**
 * Verifies the whole log of an install, also one that would not open.
 *
 * @module
 */
import { verifyAuditFile } from "../adapter/audit_report.ts";
import type { Layout } from "../adapter/layout.ts";
import type { LogReport } from "../core/audit/log_report.ts";
import type { Surroundings } from "./environment.ts";
import { readInstallRecord } from "./install_record.ts";
import { readLogKeys } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";

/** @throws {EngineError} `not_initialized`, the secret codes, `audit_busy`, `audit_unreadable`. */
export async function verifyLog(surroundings: Surroundings, layout: Layout): Promise<LogReport> {
  const record = readInstallRecord(layout);
  const keys = readLogKeys(surroundings, layout, { logId: record.log_id, hasOlder: true });
  return await verifyAuditFile(auditOptions(layout, record, keys));
}
