/**
 * The part of the state that remembers what was denied, so that it stays denied by another road.
 * decision/SPEC.md, "Denial memory".
 *
 * @module
 */
import { maxDenialPrincipals, maxDenials } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

/** One decision that denied something for what it is. */
export interface Denial {
  /** Of the decision. */
  readonly id: string;
  /** What it denied; see denial_key.ts. */
  readonly keys: readonly string[];
  readonly seq: number;
  /** See sessionKey. */
  readonly session: string;
}

/** What one principal was denied, oldest first; at most maxDenials. */
export interface PrincipalDenials {
  readonly denied: readonly Denial[];
  /** Denials that found no room. What is remembered stays: flooding must not push it out. */
  readonly lost: number;
  readonly principal: string;
}

export interface DenialState {
  /** Each principal once, at most maxDenialPrincipals; none without a denial. */
  readonly denials: readonly PrincipalDenials[];
}

export const emptyDenials: DenialState = { denials: [] };

/** A session was said to be over; only the engine writes it. */
export const sessionEndedType = "state.session_ended";

/** What one principal was denied; null for nothing. */
export function findDenials(
  { denials }: DenialState,
  principal: string,
): PrincipalDenials | null {
  return denials.find((one) => one.principal === principal) ?? null;
}

/** Those of the keys that this session was not denied before. */
export function newKeys(
  own: PrincipalDenials | null,
  session: string,
  keys: readonly string[],
): readonly string[] {
  const known = new Set<string>();
  for (const denial of own?.denied ?? []) {
    if (denial.session === session) denial.keys.forEach((key) => known.add(key));
  }
  return keys.filter((key) => !known.has(key));
}

/** Folds the entry of a decision. */
export function foldDenial<T extends DenialState>(state: T, seq: number, d: JsonObject): T {
  const { decision, id, principal } = d;
  const given = denialOf(d["denied"]);
  if (decision !== "deny" || given === null) return state;
  if (typeof id !== "string" || typeof principal !== "string") return state;
  const own = findDenials(state, principal);
  // Entries of one commit are decided on one state: the second may tell what the first has told.
  const keys = newKeys(own, given.session, given.keys);
  if (keys.length === 0) return state;
  if (own === null) {
    // SECURITY: another principal takes nobody's room.
    if (state.denials.length >= maxDenialPrincipals) return state;
    const added = { denied: [{ id, keys, seq, session: given.session }], lost: 0, principal };
    return { ...state, denials: [...state.denials, added] };
  }
  const isFull = own.denied.length >= maxDenials;
  const next = isFull
    ? { ...own, lost: own.lost + 1 }
    : { ...own, denied: [...own.denied, { id, keys, seq, session: given.session }] };
  return { ...state, denials: state.denials.map((one) => one === own ? next : one) };
}

/** Folds the end of a session: what was denied in it is over, for the principal who ended it. */
export function foldSessionEnd<T extends DenialState>(state: T, d: JsonObject): T {
  const { principal, session_key: session } = d;
  const denials = state.denials.flatMap((one) => {
    if (one.principal !== principal) return [one];
    const denied = one.denied.filter((denial) => denial.session !== session);
    return denied.length === 0 ? [] : [{ ...one, denied }];
  });
  return { ...state, denials };
}

/** Folds an approval: what it is for is not denied any more, by no road. */
export function forgetDenied<T extends DenialState>(state: T, d: JsonObject): T {
  const keys = new Set(Array.isArray(d["denied_keys"]) ? d["denied_keys"] : []);
  if (keys.size === 0) return state;
  const denials = state.denials.flatMap((one) => {
    if (one.principal !== d["principal"]) return [one];
    const denied = one.denied.flatMap((denial) => {
      const left = denial.keys.filter((key) => !keys.has(key));
      return left.length === 0 ? [] : [{ ...denial, keys: left }];
    });
    return denied.length === 0 ? [] : [{ ...one, denied }];
  });
  return { ...state, denials };
}

function denialOf(
  denied: Json | undefined,
): { readonly session: string; readonly keys: readonly string[] } | null {
  if (typeof denied !== "object" || denied === null || Array.isArray(denied)) return null;
  const { session, keys } = denied as JsonObject;
  if (typeof session !== "string" || !Array.isArray(keys)) return null;
  return { session, keys: keys.filter((key) => typeof key === "string") };
}
