/**
 * Reads command lines on a disk, under a policy. Brings the shell's parser with it: callers import
 * this file with `await import()`.
 *
 * @module
 */
import type { PlanCommand } from "../operation/plan_effects.ts";
import { planCommand } from "../operation/shell/plan_command.ts";
import type { ReadProgram } from "../operation/shell/program_use.ts";
import { findCommonProgram } from "../operation/shell/programs/find_common_program.ts";
import { createShellView, type ShellView } from "./shell_view.ts";

type FindProgram = (name: string) => ReadProgram | null;

/** Thrown while planning, which must then begin anew: the rest of the programs' table is needed. */
export class ProgramsNeeded extends Error {}

let findProgram: FindProgram = (name) => {
  const common = findCommonProgram(name);
  if (common !== null) return common;
  throw new ProgramsNeeded(name);
};

/** Loads the whole table, for the rest of the process's life. */
export async function loadPrograms(): Promise<void> {
  ({ findProgram } = await import("../operation/shell/programs/find_program.ts"));
}

/** The planner of one transaction. */
export function createPlanner(view: ShellView): PlanCommand {
  const surroundings = createShellView(view);
  return (command, cwd, isKept) =>
    planCommand(command, cwd, surroundings, (name) => findProgram(name), isKept);
}

/** Runs `act`, and again with the whole table where it turns out to need it. */
export async function withPrograms<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ProgramsNeeded)) throw error;
    await loadPrograms();
    return await act();
  }
}
