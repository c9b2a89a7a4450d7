/**
 * Standard output, or what stands in for one that was closed.
 *
 * @module
 */
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
    if (Deno.statSync("/dev/stdout").rdev !== Deno.statSync("/dev/null").rdev) return false;
    // The mode of this link is the mode the descriptor was opened with.
    return ((Deno.lstatSync("/proc/self/fd/1").mode ?? 0) & 0o400) !== 0;
  } catch {
    // Deno 2.9 lets nobody look at their own output without --allow-all; asking a shell or loading
    // the Node layer would cost more than the decision. There a closed output goes unnoticed.
    return false;
  }
}
