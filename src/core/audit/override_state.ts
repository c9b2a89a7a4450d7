/**
 * The part of the state that knows requests, grants, enrolments and wrong guesses. override/SPEC.md.
 *
 * @module
 */
import { maxClockBackSeconds, maxRequestPrincipals } from "../limits.ts";
import type { LockState } from "./lock_state.ts";

/** What a person approved. */
export interface GrantState {
  /** Seconds since 1970. */
  readonly at: number;
  readonly by: string;
  /** Of more than one operation: which findings it lifts; see findingKeys. */
  readonly findings: readonly string[];
  readonly id: string;
  readonly justification: string;
  readonly kind: "once" | "session" | "pattern";
  /** Of kind `pattern`; else empty. */
  readonly pattern: string;
  readonly trust: "same_uid" | "guarded" | "presence";
  readonly until: number;
  /** Decisions it allowed. */
  readonly uses: number;
}

/** A request, until it is forgotten. */
export interface RequestState {
  /** Why somebody ended it; empty where nobody said. */
  readonly because: string;
  /** SHA-256 of the request document, hex. */
  readonly document: string;
  readonly effects_digest: string;
  readonly expires_at: number;
  /** Null before somebody approved. */
  readonly grant: GrantState | null;
  readonly id: string;
  readonly opened_at: number;
  readonly operation_digest: string;
  readonly policy_digest: string;
  readonly principal: string;
  /** Of the decision that opened it. */
  readonly seq: number;
  /** See sessionKey. */
  readonly session: string;
  /** As people and entries said; that time ends a request or a grant stands nowhere. */
  readonly status: "pending" | "granted" | "used" | "revoked" | ClosedStatus;
}

/** How a request ends without a grant. */
export type ClosedStatus = "denied" | "cancelled" | "timeout";

/** A person's authenticator. */
export interface EnrolmentState {
  readonly algorithm: string;
  /** RFC 3339, of the entry. */
  readonly at: string;
  readonly id: string;
  /** The newest time step whose code was accepted. */
  readonly last_step: number;
  readonly name: string;
  /** SHA-256 of the recovery codes that are left, hex. */
  readonly recovery: readonly string[];
  /** Of the seed, hex. */
  readonly seed_sha256: string;
}

export interface OverridesKept {
  readonly enrolments: readonly EnrolmentState[];
  /** The newest time any of its entries has seen, seconds since 1970. */
  readonly latest: number;
  readonly locks: readonly LockState[];
  /** When each principal opened requests, within the last hour of `latest`. */
  readonly opened: readonly { readonly at: readonly number[]; readonly principal: string }[];
  /** Oldest first. */
  readonly requests: readonly RequestState[];
  /** Of the secret without a name: the newest accepted step. */
  readonly unnamed_step: number;
}

export interface OverrideState {
  /** Null as long as there was nothing of it. */
  readonly overrides: OverridesKept | null;
}

export const emptyOverrides: OverrideState = { overrides: null };

export const nothingKept: OverridesKept = {
  enrolments: [],
  latest: 0,
  locks: [],
  opened: [],
  requests: [],
  unnamed_step: 0,
};

/** Entries that carry state; the guide's five names beside them carry none. */
export const overrideTypes = {
  enrolled: "state.override_enrolled",
  unenrolled: "state.override_unenrolled",
  attempted: "state.override_attempted",
  granted: "state.override_granted",
  closed: "state.override_closed",
  clock: "state.override_clock",
} as const;

/** The count a principal's requests go to; null where it may have a new one. */
export function openedBy(
  opened: OverridesKept["opened"],
  principal: string,
): OverridesKept["opened"][number] | null {
  const own = opened.find((one) => one.principal === principal);
  if (own !== undefined) return own;
  return opened.length < maxRequestPrincipals ? null : opened[0] ?? null;
}

/**
 * Whether the clock is behind what the log has seen: then nobody knows what is over.
 *
 * @param clock Seconds since 1970.
 */
export function isClockBack({ latest }: OverridesKept, clock: number): boolean {
  return clock < latest - maxClockBackSeconds;
}

/** Whether it waits for an answer. */
export function isPending({ status, expires_at: end }: RequestState, now: number): boolean {
  return status === "pending" && now < end;
}

/** Whether it has a grant that ends with the session. */
export function isSessionGrant({ status, grant }: RequestState): boolean {
  return status === "granted" && grant?.kind === "session";
}

/** Whether it has a grant that may still lift something. */
export function isGranting({ status, grant }: RequestState, now: number): boolean {
  // A clock before the approval is no clock an approval is measured by.
  return status === "granted" && grant !== null && now >= grant.at && now < grant.until;
}
