/**
 * The part of the state that pairs decisions with outcomes and protected files with decisions.
 * SPEC.md, "Outcomes" and "Protected files".
 *
 * @module
 */
import { maxKeptOutcomes } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import type { NewEvent } from "./entry.ts";
import type { OutcomeKey } from "./outcome_key.ts";

/** A decision that an outcome may follow; `seq` is its entry. */
export interface AwaitedOutcome extends OutcomeKey {
  readonly seq: number;
}

/** One that was not allowed: no outcome should follow, unless a human agreed in the host's prompt. */
export interface RefusedOperation extends AwaitedOutcome {
  readonly verdict: "ask" | "deny";
}

/** A protected path that a decision let go, or put to a human. */
export interface TouchedPath {
  readonly seq: number;
  /** See pathKey. */
  readonly path: string;
  /** Put to a human, who has not been seen to agree. */
  readonly is_asked: boolean;
}

/** What the protected files looked like when they were recorded last. */
export interface WatchRecord {
  /** SHA-256 of the list of files, 64 hex digits; it is kept beside the log. */
  readonly digest: string;
  readonly seq: number;
  /** Of the policy whose patterns chose the files; null when there was none. */
  readonly policy_digest: string | null;
  /** False when nobody could look everywhere: then a file that is new may only be new to us. */
  readonly is_whole: boolean;
  /** Not every folder could be looked through. */
  readonly is_blocked: boolean;
}

/** Every list holds at most maxKeptOutcomes, oldest first; the oldest falls out. */
export interface OutcomeState {
  readonly pending: readonly AwaitedOutcome[];
  /** How many fell out of `pending` since an alarm said so. */
  readonly pending_lost: number;
  readonly refused: readonly RefusedOperation[];
  /** Since the last record of protected files, or still to come. */
  readonly touched: readonly TouchedPath[];
  readonly watched: WatchRecord | null;
}

export const emptyOutcomes: OutcomeState = {
  pending: [],
  pending_lost: 0,
  refused: [],
  touched: [],
  watched: null,
};

/** Entry types of this part; only the engine writes them. */
export const outcomeTypes = {
  outcome: "audit.outcome",
  alarm: "audit.alarm",
  protected: "audit.protected",
} as const;

/** Folds the entry of a decision. */
export function foldDecision<T extends OutcomeState>(state: T, seq: number, d: JsonObject): T {
  const key = keyOf(d["pair"]);
  const { decision } = d;
  let next = state;
  if (key !== null && decision === "allow" && d["expects_outcome"] === true) {
    const pending = [...state.pending, { seq, ...key }];
    const lost = Math.max(0, pending.length - maxKeptOutcomes);
    next = { ...next, pending: pending.slice(lost), pending_lost: state.pending_lost + lost };
  } else if (key !== null && (decision === "ask" || decision === "deny")) {
    next = { ...next, refused: bounded([...state.refused, { seq, ...key, verdict: decision }]) };
  }
  const paths = decision === "deny" ? [] : textsOf(d["touches"]);
  if (paths.length === 0) return next;
  const added = paths.map((path) => ({ seq, path, is_asked: decision !== "allow" }));
  return { ...next, touched: bounded([...state.touched, ...added]) };
}

/** Folds an entry of outcomeTypes; others change nothing. */
export function foldOutcome<T extends OutcomeState>(
  state: T,
  { seq, type, details: d }: Pick<NewEvent, "type" | "details"> & { readonly seq: number },
): T {
  switch (type) {
    case outcomeTypes.outcome:
      return closeDecision(state, d["decision_seq"], d["asked"] === true);
    case outcomeTypes.alarm:
      if (d["kind"] === "allow_without_outcome") {
        return closeDecision(state, d["decision_seq"], false);
      }
      return d["kind"] === "outcomes_lost" ? { ...state, pending_lost: 0 } : state;
    case outcomeTypes.protected:
      return { ...state, touched: stillToCome(state), watched: recordOf(seq, d) };
    default:
      return state;
  }
}

/** A decision takes one outcome, or the alarm that none came. */
function closeDecision<T extends OutcomeState>(state: T, seq: unknown, hasAgreed: boolean): T {
  const isOther = (one: AwaitedOutcome) => one.seq !== seq;
  return {
    ...state,
    pending: state.pending.filter(isOther),
    refused: state.refused.filter(isOther),
    touched: hasAgreed
      ? state.touched.map((one) => one.seq === seq ? { ...one, is_asked: false } : one)
      : state.touched,
  };
}

/** What was let go but may not have happened yet explains a change after this record too. */
function stillToCome({ pending, refused, touched }: OutcomeState): readonly TouchedPath[] {
  const open = new Set([...pending, ...refused].map(({ seq }) => seq));
  return touched.filter(({ seq }) => open.has(seq));
}

function recordOf(seq: number, d: JsonObject): WatchRecord {
  const policy = d["policy_digest"];
  return {
    digest: typeof d["digest"] === "string" ? d["digest"] : "",
    seq,
    policy_digest: typeof policy === "string" ? policy : null,
    is_whole: d["is_whole"] === true,
    is_blocked: d["watch_incomplete"] === true,
  };
}

function keyOf(pair: Json | undefined): OutcomeKey | null {
  if (typeof pair !== "object" || pair === null || Array.isArray(pair)) return null;
  const { correlation, session } = pair as JsonObject;
  return typeof correlation === "string" && typeof session === "string"
    ? { correlation, session }
    : null;
}

function textsOf(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

function bounded<T>(list: readonly T[]): readonly T[] {
  return list.slice(Math.max(0, list.length - maxKeptOutcomes));
}
