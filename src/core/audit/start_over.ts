/**
 * Time starts over: where a person, by what knows no clock, showed that they are there. SPEC.md of
 * override, "Time".
 *
 * @module
 */
import { isGranting, isPending, type OverridesKept, type RequestState } from "./override_state.ts";

/**
 * The same at an earlier time. What had ended, or began later, has ended for good; locks begin to
 * run now.
 *
 * @param at Seconds since 1970; a time that is not earlier changes nothing.
 * @param keptId Of the request that is being answered.
 */
export function startOver(kept: OverridesKept, at: number, keptId: string): OverridesKept {
  if (at >= kept.latest) return kept;
  const stands = (request: RequestState) =>
    request.id === keptId ||
    (isPending(request, kept.latest) && request.opened_at <= at) ||
    (isGranting(request, kept.latest) && request.grant !== null && request.grant.at <= at);
  return {
    ...kept,
    latest: at,
    locks: kept.locks.map((lock) => ({ ...lock, last: Math.min(lock.last, at) })),
    opened: kept.opened.map((one) => ({ ...one, at: one.at.filter((time) => time <= at) }))
      .filter((one) => one.at.length > 0),
    requests: kept.requests.map((request) => stands(request) ? request : end(request)),
  };
}

function end(request: RequestState): RequestState {
  const isOpen = request.status === "pending" || request.status === "granted";
  return isOpen ? { ...request, status: "timeout" } : request;
}
