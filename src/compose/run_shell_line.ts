/**
 * Starts a command line as an agent's host starts a hook: a shell, little environment, JSON on
 * standard input.
 *
 * @module
 */
import type { LineOutcome } from "../edge/hook/wiring/canary.ts";
import { hookTimeoutSeconds } from "../edge/hook/wiring/hook_timeout.ts";
import type { Surroundings } from "./environment.ts";

/** The one a host without any of its own would have. */
const searchPath = "/usr/local/bin:/usr/bin:/bin";

export interface ShellLine {
  readonly line: string;
  readonly stdin: string;
  readonly cwd: string;
}

/** Waits as long as the host would; whoever still holds the output then is waited for no longer. */
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
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), hookTimeoutSeconds * 1000);
  const output = await Promise.race([converse(child, stdin), late.promise]);
  clearTimeout(timer);
  if (output !== null) return output;
  child.kill("SIGKILL");
  return { exit: null, stdout: "", stderr: "" };
}

async function converse(child: Deno.ChildProcess, stdin: string): Promise<LineOutcome> {
  const [, output] = await Promise.all([feed(child.stdin, stdin), child.output()]);
  const decoder = new TextDecoder();
  return {
    exit: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
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
