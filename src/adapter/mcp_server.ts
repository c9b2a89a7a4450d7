/**
 * Starts the program of an MCP server.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";

export interface StartOptions {
  readonly command: readonly [string, ...string[]];
  /** Descriptors that a secret came by: the program gets none of them. */
  readonly descriptors: readonly number[];
}

export interface StartedServer {
  readonly input: WritableStream<Uint8Array>;
  readonly output: ReadableStream<Uint8Array>;
  readonly errors: ReadableStream<Uint8Array>;
  readonly ended: Promise<{ readonly code: number; readonly how: string }>;
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => void;
}

/**
 * In the working folder, with this process's environment as it is now.
 *
 * @throws {EngineError} `server_unreachable` when it cannot be started.
 */
export function startMcpServer(options: StartOptions): StartedServer {
  const child = spawn(options);
  return {
    input: child.stdin,
    output: child.stdout,
    errors: child.stderr,
    ended: child.status.then(({ code, signal }) => ({
      code,
      how: signal === null ? `exit status ${code}` : `signal ${signal}`,
    })),
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch {
        // It has ended already.
      }
    },
  };
}

function spawn({ command, descriptors }: StartOptions): Deno.ChildProcess {
  const [program, ...args] = descriptors.length === 0 ? command : closing(descriptors, command);
  try {
    return new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const shown = oneLine(command[0], 200);
    throw new EngineError("server_unreachable", `Cannot start the MCP server "${shown}"`, {
      hint: "give a program that is there and may be started, after --",
      cause,
    });
  }
}

/** The runtime closes no descriptor that it did not open; a shell does. */
function closing(
  descriptors: readonly number[],
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  const close = descriptors.map((descriptor) => `exec ${descriptor}<&-`).join("; ");
  return ["/bin/sh", "-c", `${close}; exec "$@"`, "sh", ...command];
}
