/**
 * The part of the state that budgets and rules that look back are decided on: what was allowed, in
 * numbers. SPEC.md, "What was counted".
 *
 * @module
 */
import {
  maxAskedCounts,
  maxCountedPrincipals,
  maxCountedSessions,
  sessionIdleSeconds,
  sessionTouchSeconds,
} from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";
import { type CountedEntry, readCounted } from "./counted_entry.ts";
import { addToTally, dropOld, emptyTally, joinTallies, type Tally } from "./tally.ts";

/** One session of a principal. */
export interface CountedSession {
  readonly session: string;
  /** When it was counted in last, or it was written down that it goes on. */
  readonly at: number;
  readonly tally: Tally;
}

/** What one principal did. */
export interface CountedPrincipal {
  readonly principal: string;
  readonly at: number;
  /** Of hours, days, and conditions looked back to beyond a session. */
  readonly tally: Tally;
  /** The one counted in last stands last; at most maxCountedSessions. */
  readonly sessions: readonly CountedSession[];
  /** The most there was in any session that found no room any more: others start from it. */
  readonly rest: CountedSession | null;
}

/** Counts that wait for an outcome. */
export interface AskedCounts extends Pick<CountedEntry, "at" | "session" | "counts" | "met"> {
  readonly seq: number;
  readonly principal: string;
}

export interface CountedHistory {
  /** Seconds since 1970 of the newest; a clock that goes back stands still here. */
  readonly now: number;
  /** Conditions that anybody's operation meets. */
  readonly anyone: Tally;
  /** The one counted last stands last; at most maxCountedPrincipals. */
  readonly principals: readonly CountedPrincipal[];
  /** As of sessions. */
  readonly rest: CountedPrincipal | null;
  readonly asked: readonly AskedCounts[];
}

export interface BudgetState {
  /** Null as long as no policy counted anything. */
  readonly counted: CountedHistory | null;
}

export const emptyBudgets: BudgetState = { counted: null };

const nothingYet: CountedHistory = {
  now: 0,
  anyone: emptyTally,
  principals: [],
  rest: null,
  asked: [],
};

/** Folds the entry of a decision. */
export function foldBudgets<T extends BudgetState>(state: T, seq: number, details: JsonObject): T {
  const entry = readCounted(details);
  const { principal } = details;
  if (entry === null || typeof principal !== "string") return state;
  const counted = foldCounted(state.counted, { ...entry, seq, principal }, details["decision"]);
  return counted === state.counted ? state : { ...state, counted };
}

/** The same of one decision that is not an entry yet: the next of its commit is decided on it. */
export function foldCounted(
  history: CountedHistory | null,
  entry: AskedCounts & { readonly isAsked: boolean },
  decision: unknown,
): CountedHistory | null {
  const { isAsked, ...counts } = entry;
  const isEmpty = Object.keys(entry.counts).length + entry.met.length === 0;
  if (isEmpty || (decision !== "allow" && !(decision === "ask" && isAsked))) {
    return touch(history, counts);
  }
  if (decision === "allow") return addCounts(history ?? nothingYet, counts);
  const { asked, ...rest } = history ?? nothingYet;
  return { ...rest, asked: [...asked, counts].slice(-maxAskedCounts) };
}

/** A session that goes on is not over, whatever is done in it: noted once in an hour. */
function touch(
  history: CountedHistory | null,
  { principal, session, at }: AskedCounts,
): CountedHistory | null {
  const row = history === null ? null : findPrincipal(history, principal);
  const open = row?.sessions.find((each) => each.session === session);
  const idle = open === undefined ? 0 : at - open.at;
  if (!history || !row || idle <= sessionTouchSeconds || idle > sessionIdleSeconds) return history;
  const sessions = row.sessions.map((each) => each === open ? { ...each, at } : each);
  const touched = { ...row, at, sessions };
  return {
    ...history,
    now: Math.max(history.now, at),
    principals: history.principals.map((each) => each === row ? touched : each),
  };
}

/** Folds an outcome: what a human agreed to in the host's own prompt was done, and counts. */
export function foldAgreed<T extends BudgetState>(state: T, details: JsonObject): T {
  const { counted } = state;
  const entry = counted?.asked.find(({ seq }) => seq === details["decision_seq"]);
  if (!counted || entry === undefined) return state;
  const open = { ...counted, asked: counted.asked.filter((one) => one !== entry) };
  return { ...state, counted: details["asked"] === true ? addCounts(open, entry) : open };
}

function addCounts(history: CountedHistory, entry: AskedCounts): CountedHistory {
  const now = Math.max(history.now, entry.at);
  const isFresh = ({ at }: { readonly at: number }) => now - at <= keptSeconds;
  const known = findPrincipal(history, entry.principal);
  const others = history.principals.filter((row) => row !== known && isFresh(row));
  const row = addToPrincipal(known ?? startOf(history.rest, entry.principal), entry, now);
  const { kept, rest } = bounded([...others, row], maxCountedPrincipals, history.rest, joinRows);
  return {
    now,
    anyone: dropOld(addToTally(history.anyone, entry, now, "a"), now),
    principals: kept,
    rest: rest !== null && isFresh(rest) ? rest : null,
    asked: history.asked,
  };
}

/** Longer than any window with its first part: then nothing of a principal is left to count. */
const keptSeconds = 2 * 86_400;

function addToPrincipal(
  row: CountedPrincipal,
  entry: AskedCounts,
  now: number,
): CountedPrincipal {
  const isOpen = ({ at }: CountedSession) => now - at <= sessionIdleSeconds;
  const known = row.sessions.find(({ session }) => session === entry.session);
  const others = row.sessions.filter((each) => each !== known && isOpen(each));
  const from = known !== undefined && isOpen(known) ? known : row.rest;
  const tally = from === null || !isOpen(from) ? emptyTally : from.tally;
  const session = { session: entry.session, at: now, tally: addToTally(tally, entry, now, "s") };
  const { kept, rest } = bounded([...others, session], maxCountedSessions, row.rest, joinSessions);
  return {
    principal: row.principal,
    at: now,
    tally: dropOld(addToTally(row.tally, entry, now, "hdp"), now),
    sessions: kept,
    rest: rest !== null && isOpen(rest) ? rest : null,
  };
}

/** SECURITY: what finds no room is not forgotten: many names must not be a way to begin anew. */
function bounded<T>(
  list: readonly T[],
  most: number,
  rest: T | null,
  join: (a: T | null, b: T) => T,
): { readonly kept: readonly T[]; readonly rest: T | null } {
  const fallen = list.slice(0, Math.max(0, list.length - most));
  return {
    kept: fallen.length === 0 ? list : list.slice(fallen.length),
    rest: fallen.reduce<T | null>(join, rest),
  };
}

function joinSessions(a: CountedSession | null, b: CountedSession): CountedSession {
  const { at, tally } = a ?? b;
  return { session: "", at: Math.max(at, b.at), tally: joinTallies(tally, b.tally) };
}

function joinRows(a: CountedPrincipal | null, b: CountedPrincipal): CountedPrincipal {
  const { at, tally } = a ?? b;
  const sessions = [...b.sessions, b.rest].filter((one) => one !== null);
  return {
    principal: "",
    at: Math.max(at, b.at),
    tally: joinTallies(tally, b.tally),
    sessions: [],
    rest: sessions.reduce<CountedSession | null>(joinSessions, a?.rest ?? null),
  };
}

/** One row; null where the principal has none. */
export function findPrincipal(
  { principals }: CountedHistory,
  principal: string,
): CountedPrincipal | null {
  return principals.find((row) => row.principal === principal) ?? null;
}

/** Of a principal without a row: nothing, or the most of those that found no room. */
export function startOf(rest: CountedPrincipal | null, principal: string): CountedPrincipal {
  const { at, tally, rest: session } = rest ?? { at: 0, tally: emptyTally, rest: null };
  return { principal, at, tally, sessions: [], rest: session };
}
