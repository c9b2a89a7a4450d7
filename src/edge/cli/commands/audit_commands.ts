/**
 * The commands below `audit`, as one piece to load: only people type them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { auditExportCommand } from "./audit_export.ts";
import { auditQueryCommand } from "./audit_query.ts";
import { auditRecordCommand } from "./audit_record.ts";
import { auditStatsCommand } from "./audit_stats.ts";
import { auditTailCommand } from "./audit_tail.ts";
import { auditVerifyCommand } from "./audit_verify.ts";

export const auditCommands: readonly Command<CliContext>[] = [
  auditRecordCommand,
  auditVerifyCommand,
  auditQueryCommand,
  auditTailCommand,
  auditStatsCommand,
  auditExportCommand,
];
