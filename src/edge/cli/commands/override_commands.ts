/**
 * The commands below `override`, as one piece to load: what people answer agents by.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { overrideEnrollCommand } from "./override_enroll.ts";
import { overrideUnenrollCommand } from "./override_unenroll.ts";

export const overrideCommands: readonly Command<CliContext>[] = [
  overrideEnrollCommand,
  overrideUnenrollCommand,
];
