/**
 * The commands below `override`, as one piece to load: what people answer agents by.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { overrideAcceptClockCommand } from "./override_accept_clock.ts";
import { overrideApproveCommand } from "./override_approve.ts";
import { overrideDenyCommand } from "./override_deny.ts";
import { overrideEnrollCommand } from "./override_enroll.ts";
import { overrideListCommand } from "./override_list.ts";
import { overrideRevokeCommand } from "./override_revoke.ts";
import { overrideShowCommand } from "./override_show.ts";
import { overrideUnenrollCommand } from "./override_unenroll.ts";
import { overrideWaitCommand } from "./override_wait.ts";

export const overrideCommands: readonly Command<CliContext>[] = [
  overrideEnrollCommand,
  overrideUnenrollCommand,
  overrideListCommand,
  overrideShowCommand,
  overrideApproveCommand,
  overrideDenyCommand,
  overrideRevokeCommand,
  overrideWaitCommand,
  overrideAcceptClockCommand,
];
