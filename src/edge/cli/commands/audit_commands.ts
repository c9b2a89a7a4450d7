/**
 * The commands below `audit`, as one piece to load: only people type them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { auditCheckpointCommand } from "./audit_checkpoint.ts";
import { auditExportCommand } from "./audit_export.ts";
import { auditProveCommand } from "./audit_prove.ts";
import { auditQueryCommand } from "./audit_query.ts";
import { auditRecordCommand } from "./audit_record.ts";
import { auditStatsCommand } from "./audit_stats.ts";
import { auditTailCommand } from "./audit_tail.ts";
import { auditVerifyCommand } from "./audit_verify.ts";
import { auditVerifyProofCommand } from "./audit_verify_proof.ts";

export const auditCommands: readonly Command<CliContext>[] = [
  auditRecordCommand,
  auditVerifyCommand,
  auditVerifyProofCommand,
  auditCheckpointCommand,
  auditProveCommand,
  auditQueryCommand,
  auditTailCommand,
  auditStatsCommand,
  auditExportCommand,
];
