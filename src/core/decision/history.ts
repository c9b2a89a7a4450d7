/**
 * What the log remembers of a principal, as a decision sees it. audit/SPEC.md, "What was counted".
 *
 * @module
 */
import type { PastCondition, Span } from "../policy/policy.ts";

/** Plain; made by readHistory (audit/read_history.ts). */
export interface History {
  /** By Budget.counterId: what was counted in the session, the last hour or the last day. */
  readonly counts: Readonly<Record<string, number>>;
  /** By PastCondition.id: seconds since it was met last, in the session where it is a session's. */
  readonly secondsSince: Readonly<Record<string, number>>;
}

/** In seconds; a session has no such end. */
const spanSeconds: Readonly<Record<Exclude<Span, "session">, number>> = {
  hour: 3_600,
  day: 86_400,
};

/** Whether it happened; null where nobody looked, which is never as good as an answer. */
export function hasHappened(
  { id, within }: PastCondition,
  history: History | undefined,
): boolean | null {
  if (history === undefined) return null;
  const seconds = Object.hasOwn(history.secondsSince, id) ? history.secondsSince[id] : undefined;
  if (seconds === undefined) return false;
  return within === "session" || seconds <= spanSeconds[within];
}
