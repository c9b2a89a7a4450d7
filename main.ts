/**
 * Composition root: arguments, adapters, one edge, exit status. The only file that ends the
 * process or reads its arguments.
 *
 * @module
 */
import { readSurroundings } from "./src/compose/environment.ts";
import { createHost } from "./src/compose/host.ts";
import { openStdout } from "./src/compose/stdout.ts";
import { toEngineError } from "./src/core/errors.ts";
import { runCommandLine } from "./src/edge/cli/run_command_line.ts";

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
    Deno.exit(1);
  }
}

const surroundings = readSurroundings();
const status = await runCommandLine(Deno.args, {
  host: createHost(surroundings, Deno.stdin.isTerminal()),
  stdout: openStdout(),
  stderr: Deno.stderr,
  variable: surroundings.variable,
  terminals: { stdout: Deno.stdout.isTerminal(), stderr: Deno.stderr.isTerminal() },
  columns: () => Deno.consoleSize().columns,
});
Deno.exit(status);
