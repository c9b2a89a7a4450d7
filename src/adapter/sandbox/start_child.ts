/**
 * A process with nothing but two pipes.
 *
 * @module
 */
import type { WorkerLink, WorkerListener } from "./worker_source.ts";

/** A started process. */
export interface Child extends WorkerLink {
  /** Resolves when it is gone and its status was taken: no zombie is left. */
  readonly gone: Promise<void>;
  /** Ends its input; what it does then is its own affair. */
  readonly close: () => void;
}

/**
 * Starts a program with an empty environment. It does not keep this process alive.
 *
 * @param command Program, then arguments.
 * @throws Whatever the system says; without the permission to run, NotCapable.
 */
export function startChild(command: readonly string[], listener: WorkerListener): Child {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    // What a dying runtime prints must not reach the engine's own output.
    stderr: "null",
  }).spawn();
  child.unref();
  const input = child.stdin.getWriter();
  const kill = () => {
    // Its end is near, and somebody may wait for it.
    child.ref();
    try {
      child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
  };
  return {
    // What cannot be written has no reader any more, and that shows as its end.
    send: (bytes) => void input.write(bytes).catch(() => {}),
    kill,
    close: () => {
      child.ref();
      input.close().catch(() => {});
    },
    gone: follow(child, listener, kill).finally(() => input.abort().catch(() => {})),
  };
}

async function follow(
  child: Deno.ChildProcess,
  { onBytes, onEnd }: WorkerListener,
  kill: () => void,
): Promise<void> {
  try {
    for await (const bytes of child.stdout) onBytes(bytes);
  } catch {
    // Its end is what is told.
  }
  // Whoever closed its output but lives on is of no use.
  kill();
  await child.status;
  onEnd();
}
