/**
 * The commands below `audit`, as one piece to load: only people type them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { auditAcceptRollbackCommand } from "./audit_accept_rollback.ts";
import { auditArchiveCommand } from "./audit_archive.ts";
import { auditCheckpointCommand } from "./audit_checkpoint.ts";
import { auditExportCommand } from "./audit_export.ts";
import { auditForwardSecureCommand } from "./audit_forward_secure.ts";
import { auditJoinSegmentsCommand } from "./audit_join_segments.ts";
import { auditProveCommand } from "./audit_prove.ts";
import { auditPruneCommand } from "./audit_prune.ts";
import { auditQueryCommand } from "./audit_query.ts";
import { auditRecordCommand } from "./audit_record.ts";
import { auditRotateCommand } from "./audit_rotate.ts";
import { auditRotateKeyCommand } from "./audit_rotate_key.ts";
import { auditStatsCommand } from "./audit_stats.ts";
import { auditTailCommand } from "./audit_tail.ts";
import { auditVerifyCommand } from "./audit_verify.ts";
import { auditVerifyProofCommand } from "./audit_verify_proof.ts";
import { auditVerifySegmentCommand } from "./audit_verify_segment.ts";

export const auditCommands: readonly Command<CliContext>[] = [
  auditRecordCommand,
  auditVerifyCommand,
  auditVerifyProofCommand,
  auditVerifySegmentCommand,
  auditJoinSegmentsCommand,
  auditCheckpointCommand,
  auditProveCommand,
  auditQueryCommand,
  auditTailCommand,
  auditStatsCommand,
  auditExportCommand,
  auditRotateCommand,
  auditArchiveCommand,
  auditPruneCommand,
  auditRotateKeyCommand,
  auditForwardSecureCommand,
  auditAcceptRollbackCommand,
];
