/**
 * The engine, as a process beside the program: it looks, and goes on to serve if asked to. What
 * starts other programs reads neither log nor policy itself.
 *
 * @module
 */
import type { Layout } from "../../adapter/layout.ts";
import { ownProgram } from "../../adapter/own_program.ts";
import { EngineError } from "../../core/errors.ts";
import type { LaunchRequest } from "../../edge/cli/launch.ts";
import type { Surroundings } from "../environment.ts";
import { killQuietly } from "./kill_quietly.ts";
import type { LaunchUsers } from "./plan_users.ts";

export interface EngineProcess {
  /** Where it listens; null for one that only looked, and has ended. */
  readonly port: number | null;
  /** Resolves with its exit status. */
  readonly status: Promise<number>;
  /** Ends it, at the latest by force, and waits. */
  readonly end: () => Promise<void>;
}

/** Longer than it takes to answer what is at work. */
const endTimeoutMs = 7_000;

/** What of the environment says where keys and state lie; all an engine gets. */
const engineVariables = [
  "SCALPEL_AUDIT_SECRET",
  "SCALPEL_AUDIT_SECRET_FILE",
  "SCALPEL_TOTP_SECRET",
  "SCALPEL_TOTP_SECRET_FILE",
  "CREDENTIALS_DIRECTORY",
  "HOME",
  "XDG_STATE_HOME",
] as const;

/**
 * Starts it. `ready` resolves when it has looked and all is well, and it listens if it is to serve.
 *
 * @throws {EngineError} By `ready`: `exec_refused`, `exec_failed`; why stands on stderr by then.
 */
export function startEngine(
  surroundings: Surroundings,
  layout: Layout,
  { users, request }: { readonly users: LaunchUsers; readonly request: LaunchRequest },
): { readonly ready: Promise<EngineProcess>; readonly end: () => Promise<void> } {
  const [program, ...before] = ownProgram();
  const child = new Deno.Command(program, {
    args: [...before, ...wordsOf(layout, request)],
    clearEnv: true,
    // An engine of another user gets nothing of any environment, as from its unit.
    env: layout.guard === null ? environmentOf(surroundings) : {},
    ...(layout.guard === null ? {} : { cwd: "/" }),
    ...(users.engine ?? {}),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    // What is typed on the terminal is for the program.
    detached: true,
  }).spawn();
  const status = child.status.then(({ code }) => code);
  const end = () => endChild(child, status);
  return { ready: waitUntilReady(child, { status, end }, request), end };
}

function wordsOf({ root, guard }: Layout, { serve, isQuiet }: LaunchRequest): readonly string[] {
  const common = ["--root", root === "" ? "/" : root, ...(isQuiet ? ["--quiet"] : [])];
  if (serve === null) return ["verify", ...common];
  const port = guard === null || serve.port !== 0 ? ["--port", String(serve.port)] : [];
  return ["serve", "--beside", ...port, ...common];
}

function environmentOf({ variable }: Surroundings): Record<string, string> {
  return Object.fromEntries(engineVariables.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

async function waitUntilReady(
  child: Deno.ChildProcess,
  { status, end }: Pick<EngineProcess, "status" | "end">,
  { serve }: LaunchRequest,
): Promise<EngineProcess> {
  if (serve === null) {
    const { stdout, code } = await child.output();
    if (code === 0) return { port: null, status, end };
    Deno.stderr.writeSync(stdout);
    throw failed(code);
  }
  const port = await readPort(child.stdout);
  if (port !== null) return { port, status, end };
  await end();
  throw failed(await status);
}

/** The one line an engine says; null when it ended without. */
async function readPort(stdout: ReadableStream<Uint8Array>): Promise<number | null> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const said = /^\{"port":([0-9]{1,5})\}\n/.exec(text);
    if (said !== null) return Number(said[1]);
    if (text.length > 256) return null;
  }
  return null;
}

async function endChild(child: Deno.ChildProcess, status: Promise<number>): Promise<void> {
  await child.stdin.close().catch(() => {});
  const timer = setTimeout(() => killQuietly(child, "SIGKILL"), endTimeoutMs);
  await status;
  clearTimeout(timer);
}

/** What its exit status says: 1 it could not look, everything else is something found. */
function failed(status: number): EngineError {
  const isFound = [2, 3, 5].includes(status);
  const message = `The engine ended with ${status}: the program was not started`;
  return new EngineError(isFound ? "exec_refused" : "exec_failed", message, {
    hint: "what it said stands above; `sealward verify` and `sealward doctor` look again",
  });
}
