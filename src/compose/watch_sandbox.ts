/**
 * Says that a server has no sandbox, any more or from its start: it goes on answering, and every check
 * denies.
 *
 * @module
 */
import type { SandboxStatus } from "../core/check/sandbox_port.ts";

/** Says it once, within `everyMs`; goes on until it is stopped. */
export function watchSandbox(
  status: () => SandboxStatus | null,
  say: (line: string) => void,
  everyMs = 2_000,
): () => void {
  const timer = setInterval(() => {
    if (status()?.isLost !== true) return;
    clearInterval(timer);
    say(
      "the sandbox is lost, or there were no checks when this server was started: every check is " +
        "denied until it is started again",
    );
  }, everyMs);
  return () => clearInterval(timer);
}
