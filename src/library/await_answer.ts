/**
 * Waits until a person has answered, by looking again and again: nothing has to call back.
 *
 * @module
 */
import { EngineError, type ErrorCode } from "../core/errors.ts";
import type { Principal } from "../core/operation/operation.ts";
import type { OverrideDesk, OverrideStatus } from "../pdp/override_desk.ts";

/** What a caller of the library needs of the desk; no act in it approves anything. */
export type AskingDesk = Pick<OverrideDesk, "status" | "withdraw" | "isValid">;

export interface AnswerWait {
  readonly timeoutMs: number;
  /** Between two looks; null for a quarter of a second that doubles up to two. */
  readonly pollMs: number | null;
  readonly signal: AbortSignal | null;
  /** Milliseconds that only grow. */
  readonly nowMs: () => number;
  /** Rejects with the signal's reason. */
  readonly pause: (ms: number, signal: AbortSignal | null) => Promise<void>;
}

const firstPollMs = 250;
const lastPollMs = 2_000;

/** What passes by itself: over minutes of waiting, one of them is no answer. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "audit_busy",
  "request_busy",
  "request_timeout",
  "server_unreachable",
]);

/**
 * The status of the request once it is not pending any more. When the time is over the request is
 * withdrawn first, so that nobody can approve what nobody waits for; an answer that came before
 * that counts.
 *
 * @throws Whatever keeps the desk from answering; the signal's reason, with the request cancelled.
 */
export async function awaitAnswer(
  requestId: string,
  asker: { readonly desk: AskingDesk; readonly principal: Principal },
  wait: AnswerWait,
): Promise<OverrideStatus> {
  const { desk, principal } = asker;
  const endMs = wait.nowMs() + wait.timeoutMs;
  let pollMs = wait.pollMs ?? firstPollMs;
  try {
    for (;;) {
      wait.signal?.throwIfAborted();
      const status = await lookAt(() => desk.status(requestId, principal));
      // One that expired by itself is withdrawn too: then the log says that somebody waited for it.
      if (status?.status === "expired") break;
      if (status !== null && status.status !== "pending") return status;
      const leftMs = endMs - wait.nowMs();
      if (leftMs <= 0) break;
      await wait.pause(Math.min(pollMs, leftMs), wait.signal);
      if (wait.pollMs === null) pollMs = Math.min(2 * pollMs, lastPollMs);
    }
  } catch (thrown) {
    // Nobody waits any more, whatever it was: what cannot be withdrawn now expires by itself.
    await desk.withdraw(requestId, principal, "cancelled").catch(() => null);
    throw thrown;
  }
  const ended = await desk.withdraw(requestId, principal, "timeout");
  return ended.status === "cancelled" ? { ...ended, status: "expired" } : ended;
}

async function lookAt(look: () => Promise<OverrideStatus>): Promise<OverrideStatus | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof EngineError && passing.has(error.code)) return null;
    throw error;
  }
}
