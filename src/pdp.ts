/**
 * The one use case: effects → facts → decide → append → answer. Edges translate and call this;
 * they decide nothing.
 *
 * @module
 */
import type { Decision } from "./core/decision/decision.ts";
import type { Entry } from "./core/audit/entry.ts";
import type { Operation, Principal } from "./core/operation/operation.ts";
import type { Severity } from "./core/policy/policy.ts";

/** What the policy on disk is compared with what a human trusted. */
export interface PolicyStatus {
  readonly status: "trusted" | "unaccepted" | "tampered";
  readonly policy_digest: string;
  readonly accepted_digest: string | null;
  readonly policy_trust: "signed" | "accepted" | "none";
  readonly mode: "enforce" | "observe" | "disabled";
  /** One sentence for people. */
  readonly message: string;
}

/** Filters of `audit query`; every option left out matches everything. */
export interface EventFilter {
  readonly type?: string;
  readonly severity?: Severity;
  /** ISO 8601 instants, inclusive. */
  readonly since?: string;
  readonly until?: string;
  /** Only entries with a greater sequence number: the cursor of a follower. */
  readonly afterSeq?: number;
  /** Newest `limit` entries, in log order. */
  readonly limit?: number;
}

/** Verdicts of the log; README, "Exit codes", gives each its status. */
export const logVerdicts = [
  "OK",
  "OK-UNANCHORED",
  "UNCLEAN-END",
  "FRONT-PRUNED",
  "UNVERIFIABLE",
  "TAMPERED",
  "ROLLBACK",
  "FORK",
  "FOREIGN-LOG",
  "MISSING",
] as const;
export type LogVerdict = typeof logVerdicts[number];

/** What a walk over the whole log found. */
export interface LogReport {
  readonly verdict: LogVerdict;
  /** Verified entries from genesis on. */
  readonly entries: number;
  readonly head_seq: number;
  readonly head_mac: string;
  /** Sequence number the first finding is about; null when there is none. */
  readonly seq: number | null;
  /** Byte offset of the first finding in the log file; null when there is none. */
  readonly offset: number | null;
  /** Short machine word for the finding, e.g. `mac`, `sequence`, `prev`, `frame`; null if none. */
  readonly kind: string | null;
  readonly message: string;
}

/** The engine as edges see it. Every method fails closed: it throws EngineError or answers deny. */
export interface Engine {
  /** Decides each operation in order; an answer is returned only after its entry is durable. */
  readonly check: (
    operations: readonly Operation[],
    principal: Principal,
  ) => Promise<readonly Decision[]>;
  /** Reads and hashes the policy inputs and says whether they are the trusted ones. */
  readonly verifyPolicy: () => Promise<PolicyStatus>;
  /** Verified entries only; throws when the chain does not verify. */
  readonly readEvents: (filter: EventFilter) => Promise<readonly Entry[]>;
  readonly verifyLog: () => Promise<LogReport>;
  /** Appends a caller's event; reserved prefixes are refused (`event_invalid`). */
  readonly recordEvent: (
    event: { readonly type: string; readonly severity: Severity; readonly details: unknown },
    principal: Principal,
  ) => Promise<{ readonly seq: number; readonly mac: string }>;
}
