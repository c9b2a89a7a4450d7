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

function runShell(options: Deno.CommandOptions): Uint8Array | null {
  const command = new Deno.Command(shell, { ...options, clearEnv: true, stderr: "null" });
  const output = command.outputSync();
  if (!output.success) return null;
  return options.stdout === "piped" ? output.stdout : new Uint8Array();
}
