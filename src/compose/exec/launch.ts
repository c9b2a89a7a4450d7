/**
 * `sealward exec`: looks, starts a program, and stands in for it until it ends.
 *
 * Two processes beside the program: this one, which may start others and therefore reads neither
 * policy nor log, and the engine, which reads them and is sealed before it does more. When the
 * program runs, this one gives up everything too.
 *
 * @module
 */
import { openPassedSignals, type PassedSignals } from "../../adapter/passed_signals.ts";
import { sealPermissions } from "../../adapter/permissions.ts";
import { EngineError, toEngineError } from "../../core/errors.ts";
import type { LaunchRequest } from "../../edge/cli/launch.ts";
import { findLayout, type Surroundings } from "../environment.ts";
import { type EngineProcess, startEngine } from "./engine_process.ts";
import { type HandOver, handOver } from "./hand_over.ts";
import { killQuietly } from "./kill_quietly.ts";
import { type LaunchUsers, planUsers } from "./plan_users.ts";
import { requireApart } from "./require_apart.ts";
import { requireReach, startProgram } from "./start_program.ts";

/** How long a program may take to end that has lost its engine. */
const graceMs = 10_000;

const signalNumbers: Readonly<Partial<Record<Deno.Signal, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGTERM: 15,
};

/** See edge/cli/launch.ts. */
export async function launch(surroundings: Surroundings, request: LaunchRequest): Promise<number> {
  const hasTerminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((each) => each.isTerminal());
  const signals = openPassedSignals(hasTerminal);
  try {
    return await launchHearing(surroundings, request, signals);
  } finally {
    signals.close();
  }
}

async function launchHearing(
  surroundings: Surroundings,
  request: LaunchRequest,
  signals: PassedSignals,
): Promise<number> {
  const layout = findLayout(surroundings, request.root);
  const users = planUsers(surroundings.uid, layout, request);
  const warnings = requireApart(surroundings, layout, users);
  const { ready, end } = startEngine(surroundings, layout, { users, request });
  const first = await Promise.race([
    ready,
    signals.ended.then((signal) => signalNumbers[signal] ?? 15),
  ]);
  if (typeof first === "number") {
    ready.catch(() => {});
    await end();
    return 128 + first;
  }
  for (const line of [...warnings, ...factsOf(users)]) request.say(line);
  try {
    const given = first.port === null ? null : handOver(layout, users, first.port);
    return await runBeside(startAll(given, { users, request, signals }), first, { given, request });
  } finally {
    await first.end();
  }
}

/** What a person should know who reads the container's output. */
function factsOf({ isSame, engineUid }: LaunchUsers): readonly string[] {
  const same = `the program runs as the engine's user or root: it can read keys (also in ` +
    `/proc/${Deno.pid}/environ), change the log and stop the engine; that is found, at best`;
  const first =
    "this is process 1 and the runtime does not collect orphans: they stay as zombies; " +
    "start the container with --init (init: true)";
  const root = `the engine runs as root; a guarded install gives it a user of its own`;
  return [
    ...(isSame ? [same] : []),
    ...(!isSame && engineUid === 0 ? [root] : []),
    ...(Deno.pid === 1 ? [first] : []),
  ];
}

interface Start {
  readonly users: LaunchUsers;
  readonly request: LaunchRequest;
  readonly signals: PassedSignals;
}

/** Starts the program, and gives up the right to start anything. */
function startAll(given: HandOver | null, { users, request, signals }: Start): Deno.ChildProcess {
  let program: Deno.ChildProcess | null = null;
  try {
    program = startProgram(request.command, users, given?.variables ?? {});
    signals.passTo(program);
    requireReach(program);
    const folder = given?.folder ?? null;
    sealPermissions({ writable: folder === null ? [] : [folder], keepsNet: false });
    return program;
  } catch (error) {
    if (program !== null) killQuietly(program, "SIGKILL");
    given?.remove();
    throw error;
  }
}

async function runBeside(
  program: Deno.ChildProcess,
  engine: EngineProcess,
  { given, request }: { readonly given: HandOver | null; readonly request: LaunchRequest },
): Promise<number> {
  const ended = program.status.then(({ code }) => code);
  // One that only looked has ended long ago.
  const lost = engine.port === null ? new Promise<never>(() => {}) : engine.status;
  const first = await Promise.race([
    ended.then((code) => ({ code })),
    lost.then((status) => ({ status })),
  ]);
  try {
    if ("code" in first) return first.code;
    request.say(`the engine ended with ${first.status}: ending the program`);
    await endProgram(program, ended);
    throw new EngineError("exec_failed", "The engine ended before the program", {
      hint: "what it said stands above; nothing was allowed since",
    });
  } finally {
    removeQuietly(given, request);
  }
}

/** Politely, then by force: without an engine nothing it does is judged. */
async function endProgram(program: Deno.ChildProcess, ended: Promise<number>): Promise<void> {
  killQuietly(program, "SIGTERM");
  killQuietly(program, "SIGCONT");
  const timer = setTimeout(() => killQuietly(program, "SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

/** The program's status counts, whatever becomes of a folder. */
function removeQuietly(given: HandOver | null, { say }: LaunchRequest): void {
  try {
    given?.remove();
  } catch (error) {
    say(`the token's folder stays: ${toEngineError(error).message}`);
  }
}
