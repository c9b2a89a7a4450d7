/**
 * Standard output, or what stands in for one that was closed.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { isStdoutReadable } from "../adapter/descriptor.ts";
import type { ByteWriter } from "../edge/cli/output.ts";

/**
 * The runtime silently reopens a closed descriptor 1 as /dev/null for reading and writing, so that
 * every write succeeds. An answer nobody can get must not end with the status of an allow: such a
 * descriptor fails on its first write. `>/dev/null` is opened for writing only and works.
 */
export function openStdout(): ByteWriter {
  if (!wasClosed()) return Deno.stdout;
  return {
    writeSync: () => {
      throw new Deno.errors.BrokenPipe("standard output is closed: use --quiet or >/dev/null");
    },
  };
}

function wasClosed(): boolean {
  try {
    return fstatSync(1).rdev === Deno.statSync("/dev/null").rdev && isStdoutReadable();
  } catch {
    // Nobody can say (no shell here): the answer counts as lost, --quiet still works.
    return true;
  }
}
