/**
 * Entries about requests, grants, enrolments and guesses → the state of them. override/SPEC.md.
 *
 * @module
 */
import { maxAllPendingRequests, maxClosedRequests, maxEnrolments, maxGrants } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { type DenialState, forgetDenied } from "./denial_state.ts";
import type { Entry } from "./entry.ts";
import { foldAttempt, foldProven } from "./lock_state.ts";
import {
  type EnrolmentState,
  type GrantState,
  isGranting,
  isPending,
  isSessionGrant,
  nothingKept,
  openedBy,
  type OverridesKept,
  type OverrideState,
  overrideTypes,
  type RequestState,
} from "./override_state.ts";

const hourSeconds = 3_600;

/** Folds what the entry of a decision says of requests and grants. */
export function foldOverride<T extends OverrideState>(state: T, seq: number, d: JsonObject): T {
  const note = objectOf(d["override"]);
  if (note === null) return state;
  const kept = advance(state.overrides ?? nothingKept, numberOf(note, "at"));
  const grant = textOf(note, "grant");
  if (grant !== "") return { ...state, overrides: consume(kept, grant) };
  const id = textOf(note, "request");
  // Nothing new but the time, which must not go back.
  if (id === "" || kept.requests.some((request) => request.id === id)) {
    return { ...state, overrides: kept };
  }
  return { ...state, overrides: open(kept, requestOf(seq, d, note)) };
}

/**
 * Folds that people trust a policy. SECURITY: what was open under another is over for good, or it would
 * come back to life when that policy does.
 */
export function endOtherPolicies<T extends OverrideState>(state: T, policyDigest: string): T {
  const { overrides: kept } = state;
  if (kept === null) return state;
  const requests = kept.requests.map((request) =>
    request.policy_digest === policyDigest ? request : endOpen(request)
  );
  return { ...state, overrides: { ...kept, requests } };
}

/** Folds the end of a session: what was approved for it is over, though its label may come back. */
export function endSessionGrants<T extends OverrideState>(state: T, d: JsonObject): T {
  const { overrides: kept } = state;
  if (kept === null) return state;
  const isMeant = (request: RequestState) =>
    isSessionGrant(request) && request.principal === d["principal"] &&
    request.session === d["session_key"];
  return { ...state, overrides: change(kept, isMeant, endOpen) };
}

const entryTypes: ReadonlySet<string> = new Set(Object.values(overrideTypes));

/** Folds an entry of overrideTypes; any other changes nothing. */
export function foldOverrideEntry<T extends OverrideState & DenialState>(
  state: T,
  entry: Entry,
): T {
  const { type, details: d } = entry;
  if (!entryTypes.has(type)) return state;
  const kept = advance(state.overrides ?? nothingKept, numberOf(d, "at"));
  // What was approved is denied by no road any more.
  const next = type === overrideTypes.granted ? forgetDenied(state, d) : state;
  return { ...next, overrides: foldKept(kept, type, entry) };
}

function foldKept(kept: OverridesKept, type: string, entry: Entry): OverridesKept {
  const { details: d } = entry;
  switch (type) {
    case overrideTypes.enrolled:
      return enrol(kept, entry);
    case overrideTypes.unenrolled:
      return { ...kept, enrolments: kept.enrolments.filter(({ id }) => id !== d["id"]) };
    case overrideTypes.attempted:
      return { ...kept, locks: foldAttempt(kept.locks, attemptOf(d)) };
    case overrideTypes.granted:
      return prove(give(kept, d), d);
    case overrideTypes.clock:
      return acceptClock(kept, numberOf(d, "at"));
    case overrideTypes.closed:
      return close(kept, d);
    default:
      return kept;
  }
}

/** Time never goes back here, whatever a clock does. */
function advance(kept: OverridesKept, at: number): OverridesKept {
  return at > kept.latest ? { ...kept, latest: at } : kept;
}

function requestOf(seq: number, d: JsonObject, note: JsonObject): RequestState {
  return {
    because: "",
    document: textOf(note, "document"),
    effects_digest: textOf(note, "effects_digest"),
    expires_at: numberOf(note, "expires_at"),
    grant: null,
    id: textOf(note, "request"),
    opened_at: numberOf(note, "at"),
    operation_digest: textOf(d, "operation_digest"),
    policy_digest: textOf(d, "policy_digest"),
    principal: textOf(d, "principal"),
    seq,
    session: textOf(note, "session"),
    status: "pending",
  };
}

function open(kept: OverridesKept, request: RequestState): OverridesKept {
  const { principal, opened_at: at } = request;
  const opened = countOpened(kept, principal, at);
  return { ...kept, opened, requests: forget([...kept.requests, request], kept.latest) };
}

function openedSince(opened: OverridesKept["opened"], begin: number): OverridesKept["opened"] {
  return opened.flatMap((one) => {
    const times = one.at.filter((time) => time > begin);
    return times.length === 0 ? [] : [{ ...one, at: times }];
  });
}

/** Within the hour; a principal too many shares the count of the first. */
function countOpened(kept: OverridesKept, principal: string, at: number): OverridesKept["opened"] {
  const recent = openedSince(kept.opened, at - hourSeconds);
  const own = openedBy(recent, principal);
  if (own === null) return [...recent, { at: [at], principal }];
  return recent.map((one) => one === own ? { ...one, at: [...one.at, at] } : one);
}

/** Pending and granted ones stay while they may still matter, of the others the newest. */
function forget(requests: readonly RequestState[], now: number): readonly RequestState[] {
  const isOpen = (request: RequestState) => isPending(request, now) || isGranting(request, now);
  const closed = requests.filter((request) => !isOpen(request));
  const dropped = new Set(closed.slice(0, Math.max(0, closed.length - maxClosedRequests)));
  const left = requests.filter((request) => !dropped.has(request));
  // INVARIANT: whoever opens a request has counted; this only bounds what a forged entry could do.
  return left.slice(-(maxAllPendingRequests + maxGrants + maxClosedRequests));
}

function consume(kept: OverridesKept, id: string): OverridesKept {
  return change(kept, ({ grant }) => grant?.id === id, (request) => {
    const { grant } = request;
    if (grant === null) return request;
    const status = grant.kind === "once" ? "used" : request.status;
    return { ...request, status, grant: { ...grant, uses: grant.uses + 1 } };
  });
}

function give(kept: OverridesKept, d: JsonObject): OverridesKept {
  const kind = textOf(d, "kind");
  const trust = textOf(d, "override_trust");
  const grant: GrantState = {
    at: numberOf(d, "at"),
    by: textOf(d, "approved_by"),
    findings: textsOf(d, "findings"),
    id: textOf(d, "grant"),
    justification: textOf(d, "justification"),
    kind: kind === "session" || kind === "pattern" ? kind : "once",
    pattern: textOf(d, "pattern"),
    trust: trust === "guarded" || trust === "presence" ? trust : "same_uid",
    until: numberOf(d, "until"),
    uses: 0,
  };
  const isAsked = ({ id, status }: RequestState) => id === d["request"] && status === "pending";
  return change(kept, isAsked, (request) => ({ ...request, status: "granted", grant }));
}

/** What proved it is used up. */
function prove(kept: OverridesKept, d: JsonObject): OverridesKept {
  const step = numberOf(d, "step");
  const recovery = textOf(d, "recovery");
  const id = textOf(d, "enrolment");
  const locks = textOf(d, "proof") === "ssh" ? kept.locks : foldProven(kept.locks, attemptOf(d));
  const enrolments = kept.enrolments.map((one) =>
    one.id !== id ? one : {
      ...one,
      last_step: Math.max(one.last_step, step),
      recovery: one.recovery.filter((hash) => hash !== recovery),
    }
  );
  const unnamed_step = id === "" ? Math.max(kept.unnamed_step, step) : kept.unnamed_step;
  return { ...kept, locks, enrolments, unnamed_step };
}

function close(kept: OverridesKept, d: JsonObject): OverridesKept {
  const status = textOf(d, "status");
  const because = textOf(d, "justification");
  return change(kept, ({ id }) => id === d["request"], (request) => {
    if (status === "revoked" && request.status === "granted") {
      return { ...request, status, because };
    }
    const isEnd = status === "denied" || status === "cancelled" || status === "timeout";
    return isEnd && request.status === "pending" ? { ...request, status, because } : request;
  });
}

function change(
  kept: OverridesKept,
  isMeant: (request: RequestState) => boolean,
  change: (request: RequestState) => RequestState,
): OverridesKept {
  const requests = kept.requests.map((request) => isMeant(request) ? change(request) : request);
  return { ...kept, requests };
}

/**
 * Time starts over. Law O2: what was open by the other time ends, and locks and counts of it stay no
 * longer than ones of now would.
 */
function acceptClock(kept: OverridesKept, at: number): OverridesKept {
  return {
    ...kept,
    latest: at,
    locks: kept.locks.map((lock) => ({ ...lock, last: Math.min(lock.last, at) })),
    opened: openedSince(kept.opened, kept.latest - hourSeconds)
      .map((one) => ({ ...one, at: one.at.map((time) => Math.min(time, at)) })),
    requests: kept.requests.map(endOpen),
  };
}

/** Locks start over: whoever enrols stands at the console, with the engine's rights. */
function enrol(kept: OverridesKept, { details: d, at }: Entry): OverridesKept {
  const name = textOf(d, "name");
  const enrolment: EnrolmentState = {
    algorithm: textOf(d, "algorithm"),
    at,
    id: textOf(d, "id"),
    last_step: numberOf(d, "step"),
    name,
    recovery: textsOf(d, "recovery"),
    seed_sha256: textOf(d, "seed_sha256"),
  };
  const others = kept.enrolments.filter((one) => one.name !== name);
  return {
    ...kept,
    locks: kept.locks.filter(({ approver }) => approver !== name),
    enrolments: [...others, enrolment].slice(-maxEnrolments),
  };
}

/** Neither answered nor used up any more. */
function endOpen(request: RequestState): RequestState {
  if (request.status === "pending") return { ...request, status: "cancelled" };
  return request.status === "granted" ? { ...request, status: "revoked" } : request;
}

function attemptOf(d: JsonObject) {
  return {
    at: numberOf(d, "at"),
    channel: textOf(d, "channel"),
    approver: textOf(d, "approver"),
    isKnown: d["is_known"] === true,
  };
}

function objectOf(value: Json | undefined): JsonObject | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as JsonObject : null;
}

function textOf(d: JsonObject, key: string): string {
  const value = d[key];
  return typeof value === "string" ? value : "";
}

function textsOf(d: JsonObject, key: string): readonly string[] {
  const value = d[key];
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}

function numberOf(d: JsonObject, key: string): number {
  const value = d[key];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}
