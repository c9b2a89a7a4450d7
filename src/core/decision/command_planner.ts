/**
 * Reads command lines on a disk, under a policy. Brings the shell's parser with it: callers import
 * this file with `await import()`.
 *
 * @module
 */
import type { PlanCommand } from "../operation/plan_effects.ts";
import { planCommand } from "../operation/shell/plan_command.ts";
import { createShellView, type ShellView } from "./shell_view.ts";

/** The planner of one transaction. */
export function createPlanner(view: ShellView): PlanCommand {
  const surroundings = createShellView(view);
  return (command, cwd) => planCommand(command, cwd, surroundings);
}
