/**
 * The commands about the policy, in the order help shows them.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { policyAcceptCommand } from "./policy_accept.ts";
import { policyInstallCommand } from "./policy_install.ts";
import { policyKeygenCommand } from "./policy_keygen.ts";
import { policyLintCommand } from "./policy_lint.ts";
import { policyLockCommand } from "./policy_lock.ts";
import { policySchemaCommand } from "./policy_schema.ts";
import { policySignCommand } from "./policy_sign.ts";
import { policyUnlockCommand } from "./policy_unlock.ts";
import { policyVerifyCommand } from "./policy_verify.ts";

export const policyCommands: readonly Command<CliContext>[] = [
  policyLintCommand,
  policyLockCommand,
  policyUnlockCommand,
  policyAcceptCommand,
  policySignCommand,
  policyVerifyCommand,
  policyInstallCommand,
  policyKeygenCommand,
  policySchemaCommand,
];
