/**
 * The program as main.ts wires it, with a desk that writes what it is asked into a file: whatever
 * concerns terminal, permissions and files is the product's own.
 *
 *   enrol_at_terminal.ts DESK_FILE ARGUMENT...
 *
 * DESK_FILE lies where the process may still write when it is sealed: below the state folder's log/.
 */
import { createHost } from "../../src/compose/host.ts";
import { openSurroundings } from "../../src/compose/open_surroundings.ts";
import { EngineError } from "../../src/core/errors.ts";
import type { Host } from "../../src/edge/cli/host.ts";
import { runCommandLine } from "../../src/edge/cli/run_command_line.ts";
import type { NewEnrolment, OverrideDesk } from "../../src/pdp/override_desk.ts";

const [deskFile = "", ...argv] = Deno.args;

function read(): readonly NewEnrolment[] {
  try {
    return JSON.parse(Deno.readTextFileSync(deskFile));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const viewOf = ({ id, name, algorithm, recoveryHashes }: NewEnrolment) => ({
  id,
  name,
  algorithm,
  enrolled_at: "2026-11-22T18:00:00Z",
  is_named: false,
  recovery_codes_left: recoveryHashes.length,
});

const desk: Pick<OverrideDesk, "list" | "enrol" | "unenrol"> = {
  list: async () =>
    await Promise.resolve({
      pending: [],
      grants: [],
      enrolments: read().map(viewOf),
      approvers: [],
    }),
  enrol: async (enrolment) => {
    if (enrolment.name === "refused") throw new EngineError("override_rejected", "no");
    const others = read().filter(({ name }) => name !== enrolment.name);
    Deno.writeTextFileSync(deskFile, JSON.stringify([...others, enrolment]));
    return await Promise.resolve(viewOf(enrolment));
  },
  unenrol: async (id) => {
    await Promise.resolve();
    Deno.writeTextFileSync(deskFile, JSON.stringify(read().filter((each) => each.id !== id)));
  },
};

const surroundings = await openSurroundings();
const host = createHost(surroundings, {
  isInteractive: Deno.stdin.isTerminal(),
  isWatched: Deno.stderr.isTerminal(),
});
const overrideKeeper: Host["overrideKeeper"] = async (...request) => ({
  ...await host.overrideKeeper(...request),
  overrides: desk,
});
Deno.exit(
  await runCommandLine(argv, {
    host: { ...host, overrideKeeper },
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    variable: surroundings.variable,
    terminals: { stdout: Deno.stdout.isTerminal(), stderr: Deno.stderr.isTerminal() },
    columns: () => Deno.consoleSize().columns,
  }),
);
