/**
 * What the state remembers of a principal, as decide() sees it.
 *
 * @module
 */
import type { History } from "../decision/history.ts";
import { sessionIdleSeconds } from "../limits.ts";
import type { Principal } from "../operation/operation.ts";
import { type CountedHistory, findPrincipal, startOf } from "./budget_state.ts";
import { emptyTally, sumOf, type Tally } from "./tally.ts";

/** Who asks, and when. */
export interface Asking {
  readonly principal: Principal;
  /** See sessionKey. */
  readonly session: string;
  /** Seconds since 1970. */
  readonly now: number;
}

/** A clock that goes back stands still: what was counted must not look older than it is. */
export function countedNow(history: CountedHistory | null, nowSeconds: number): number {
  return Math.max(history?.now ?? 0, nowSeconds);
}

/** Sums and ages for one principal and session. Pure. */
export function readHistory(
  history: CountedHistory | null,
  { principal, session, now }: Asking,
): History {
  if (history === null) return nothing;
  const row = findPrincipal(history, principal) ?? startOf(history.rest, principal);
  const open = row.sessions.find((each) => each.session === session) ?? row.rest;
  const isOver = open === null || now - open.at > sessionIdleSeconds;
  const tallies: readonly Tally[] = [
    history.anyone,
    row.tally,
    isOver ? emptyTally : open.tally,
  ];
  // Places are told apart by the first letter of an id: no id is in two of them.
  const counts: Record<string, number> = {};
  const secondsSince: Record<string, number> = {};
  for (const tally of tallies) {
    for (const [id, sums] of Object.entries(tally.counts)) counts[id] = sumOf(sums, id, now);
    for (const [id, at] of Object.entries(tally.met)) secondsSince[id] = Math.max(0, now - at);
  }
  return { counts, secondsSince };
}

const nothing: History = { counts: {}, secondsSince: {} };
