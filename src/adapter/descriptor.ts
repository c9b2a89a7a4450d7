/**
 * Inherited descriptors, by number. The runtime offers none (/proc/self/fd needs --allow-all), so a
 * shell looks: by absolute path, with an empty environment, and before permissions are given up.
 *
 * @module
 */

const shell = "/bin/sh";

/** At most `limitBytes` of what can be read from it; null when nothing can. */
export function readDescriptor(descriptor: number, limitBytes: number): Uint8Array | null {
  const script = `exec head -c ${limitBytes} <&${descriptor}`;
  return runShell({ args: ["-c", script], stdin: "inherit", stdout: "piped" });
}

/** Its output, or nothing where none is wanted; null when it failed. */
export function runShell(options: Deno.CommandOptions): Uint8Array | null {
  const command = new Deno.Command(shell, { ...options, clearEnv: true, stderr: "null" });
  const output = outputOf(command);
  if (output?.success !== true) return null;
  return options.stdout === "piped" ? output.stdout : new Uint8Array();
}

/** Null for a process that gave up, or never had, the right to start a shell. */
function outputOf(command: Deno.Command): Deno.CommandOutput | null {
  try {
    return command.outputSync();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
