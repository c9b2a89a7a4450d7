/**
 * Composition root: arguments, adapters, one edge, exit status. The only file that ends the
 * process or reads its arguments.
 *
 * @module
 */
import { createHost } from "./src/compose/host.ts";
import { openSurroundings } from "./src/compose/open_surroundings.ts";
import { openStdout } from "./src/compose/stdout.ts";
import { toEngineError } from "./src/core/errors.ts";
import { runCommandLine } from "./src/edge/cli/run_command_line.ts";
import { isHookRun } from "./src/edge/hook/is_hook_run.ts";

const isHook = isHookRun(Deno.args);

// Whatever slips past every catch must not end in a status that could mean "allowed".
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  giveUp(event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  giveUp(event.error);
});

function giveUp(reason: unknown): never {
  try {
    const line = `sealward: error[internal]: ${toEngineError(reason).message}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(line));
  } finally {
    end(1);
  }
}

/** Agents' hosts know 0 and 2; on every other status of a hook the tool runs. */
function end(status: number): never {
  Deno.exit(isHook && status !== 0 ? 2 : status);
}

async function run(): Promise<number> {
  const surroundings = await openSurroundings();
  return await runCommandLine(Deno.args, {
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

try {
  end(await run());
} catch (error) {
  giveUp(error);
}
