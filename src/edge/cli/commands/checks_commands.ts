/**
 * The commands below `checks`, as one piece to load: for people who write or choose checks.
 *
 * @module
 */
import type { Command } from "../command.ts";
import type { CliContext } from "../host.ts";
import { checksAddCommand } from "./checks_add.ts";
import { checksBenchCommand } from "./checks_bench.ts";
import { checksInspectCommand } from "./checks_inspect.ts";
import { checksListCommand } from "./checks_list.ts";
import { checksNewCommand } from "./checks_new.ts";
import { checksPinCommand } from "./checks_pin.ts";
import { checksRunCommand } from "./checks_run.ts";
import { checksTestCommand } from "./checks_test.ts";

export const checksCommands: readonly Command<CliContext>[] = [
  checksListCommand,
  checksInspectCommand,
  checksRunCommand,
  checksTestCommand,
  checksBenchCommand,
  checksPinCommand,
  checksNewCommand,
  checksAddCommand,
];
