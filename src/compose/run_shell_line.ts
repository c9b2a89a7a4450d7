/**
 * Starts a command line as an agent's host starts a hook: a shell, little environment, JSON on
 * standard input.
 *
 * @module
 */
import type { LineOutcome } from "../edge/hook/wiring/canary.ts";
import { hookTimeoutSeconds } from "../edge/hook/wiring/wired_event.ts";
import type { Surroundings } from "./environment.ts";

/** The one a host without any of its own would have. */
const searchPath = "/usr/local/bin:/usr/bin:/bin";

export interface ShellLine {
  readonly line: string;
  readonly stdin: string;
  readonly cwd: string;
}

/** Waits as long as the host would. */
export async function runShellLine(
  surroundings: Surroundings,
  { line, stdin, cwd }: ShellLine,
): Promise<LineOutcome> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", line],
    cwd,
    clearEnv: true,
    env: environmentOf(surroundings),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, hookTimeoutSeconds * 1000);
  try {
    const [, output] = await Promise.all([feed(child.stdin, stdin), child.output()]);
    return {
      exit: isLate ? null : output.code,
      stdout: new TextDecoder().decode(output.stdout),
      stderr: new TextDecoder().decode(output.stderr),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** What a host passes on that says where state lives; nothing that could stand in for it. */
function environmentOf({ variable }: Surroundings): Record<string, string> {
  const names = ["HOME", "XDG_STATE_HOME"];
  const given = names.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { PATH: searchPath, ...Object.fromEntries(given) };
}

async function feed(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A program that does not read its input is known by what it answers.
  }
}
