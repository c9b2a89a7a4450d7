/**
 * The program as people and hooks start it: adapters, one edge, exit status. Apart from main.ts so
 * that a sandbox process loads none of it.
 *
 * @module
 */
import { toEngineError } from "../core/errors.ts";
import { runCommandLine } from "../edge/cli/run_command_line.ts";
import { isHookRun } from "../edge/hook/is_hook_run.ts";
import { createHost } from "./host.ts";
import { openSurroundings } from "./open_surroundings.ts";
import { openStdout } from "./stdout.ts";

/** @returns Exit status. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const surroundings = await openSurroundings();
  return await runCommandLine(argv, {
    host: createHost(surroundings, {
      isInteractive: Deno.stdin.isTerminal(),
      isWatched: Deno.stderr.isTerminal(),
    }),
    stdout: openStdout(),
    stderr: Deno.stderr,
    variable: surroundings.variable,
    terminals: { stdout: Deno.stdout.isTerminal(), stderr: Deno.stderr.isTerminal() },
    columns: () => Deno.consoleSize().columns,
  });
}

/** Agents' hosts know 0 and 2; on every other status of a hook the tool runs. */
export function statusFor(argv: readonly string[], status: number): number {
  return isHookRun(argv) && status !== 0 ? 2 : status;
}

/** The last line of a program that cannot go on. */
export function renderGivingUp(reason: unknown): string {
  return `sealward: error[internal]: ${toEngineError(reason).message}\n`;
}
