/**
 * The command table, in the order help shows it.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { auditQueryCommand, auditTailCommand } from "./commands/audit_query.ts";
import { auditRecordCommand } from "./commands/audit_record.ts";
import { auditVerifyCommand } from "./commands/audit_verify.ts";
import { checkCommand } from "./commands/check.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { initCommand } from "./commands/init.ts";
import { policyAcceptCommand } from "./commands/policy_accept.ts";
import {
  policyLintCommand,
  policyLockCommand,
  policySchemaCommand,
} from "./commands/policy_commands.ts";
import { createTableCommands, versionCommand } from "./commands/program_commands.ts";
import { serveCommand } from "./commands/serve.ts";
import { statusCommand } from "./commands/status.ts";
import { verifyCommand } from "./commands/verify.ts";
import type { CliContext } from "./host.ts";

export const commands: readonly Command<CliContext>[] = [
  initCommand,
  checkCommand,
  verifyCommand,
  statusCommand,
  auditRecordCommand,
  auditVerifyCommand,
  auditQueryCommand,
  auditTailCommand,
  policyLintCommand,
  policyLockCommand,
  policyAcceptCommand,
  policySchemaCommand,
  serveCommand,
  doctorCommand,
  versionCommand,
  ...createTableCommands(() => commands),
];
