/** A signal for a process that may have ended, which is no fault. */
export function killQuietly(
  child: Pick<Deno.ChildProcess, "kill">,
  signal: Deno.Signal,
): void {
  try {
    child.kill(signal);
  } catch {
    // It is gone already; its status is on the way.
  }
}
