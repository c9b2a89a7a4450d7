/**
 * Requests for an exception and what people answer, as edges see it.
 *
 * @module
 */
import type { Approval, Channel } from "../core/override/approval.ts";
import type {
  EnrolmentView,
  OverrideListing,
  OverrideStatus,
  ShownRequest,
} from "../core/override/override_views.ts";
import type { TotpAlgorithm } from "../core/override/totp_parameters.ts";
import type { Principal } from "../core/operation/operation.ts";

export type {
  ApproverView,
  EnrolmentView,
  GrantView,
  OverrideListing,
  OverrideStatus,
  OverrideTrust,
  PendingView,
  ShownRequest,
} from "../core/override/override_views.ts";

/** What is recorded of an enrolment; its seed lies in a file of its own under the id. */
export interface NewEnrolment {
  readonly id: string;
  readonly name: string;
  readonly algorithm: TotpAlgorithm;
  /** SHA-256 of the seed, hex: another seed under this id is refused. */
  readonly seedSha256: string;
  /** The time step of the code that proved it: it counts as used. */
  readonly provenStep: number;
  /** SHA-256 (hex) of each recovery code; see recoveryHash. */
  readonly recoveryHashes: readonly string[];
  /** A code of the enrolment it replaces; required where the name has one. */
  readonly replaces: { readonly kind: "totp" | "recovery"; readonly code: string } | null;
}

/** See OverrideDesk.waiting. */
export interface Waiting {
  readonly inbox: string | null;
  readonly requestIds: readonly string[];
}

/** Every method throws EngineError, and then nothing is granted. */
export interface OverrideDesk {
  /**
   * @param principal Whose request it must be; null for whoever looks after the engine.
   * @throws {EngineError} `override_unknown`.
   */
  readonly status: (requestId: string, principal: Principal | null) => Promise<OverrideStatus>;
  /** Ends a pending request; one that is answered stays as it is. */
  readonly withdraw: (
    requestId: string,
    principal: Principal | null,
    why: "cancelled" | "timeout",
    /** Who says so, where the caller knows more than whose request it is; for the log. */
    who?: { readonly by?: string; readonly channel?: Channel },
  ) => Promise<OverrideStatus>;
  /** Whether the grant would lift a denial of this principal now. Never throws for a made-up id. */
  readonly isValid: (overrideId: string, principal: Principal | null) => Promise<boolean>;
  readonly list: () => Promise<OverrideListing>;
  /** Where signed approvals may be laid (null: nowhere), and ids of the requests that wait for one. */
  readonly waiting: () => Promise<Waiting>;
  /** @throws {EngineError} `override_unknown`, also for a request that is no longer pending. */
  readonly show: (requestId: string, channel: Channel) => Promise<ShownRequest>;
  /**
   * @throws {EngineError} `override_rejected` for whatever is wrong with proof, phrase or request: the
   *   log has the cause. `override_locked` while too many proofs were wrong. `override_refused` for
   *   what the policy does not allow, after a proof that holds.
   */
  readonly approve: (approval: Approval) => Promise<OverrideStatus>;
  /** Needs no proof: saying no widens nothing. */
  readonly deny: (
    requestId: string,
    denial: {
      readonly justification: string;
      readonly channel: Channel;
      /** Who says so, as the channel knows them, e.g. `uid:0` or `token:approver`. */
      readonly by: string;
    },
  ) => Promise<OverrideStatus>;
  /** Ends a grant that was not used up. */
  readonly revoke: (
    overrideId: string,
    by: { readonly justification: string; readonly channel: Channel; readonly by: string },
  ) => Promise<OverrideStatus>;
  /** @throws {EngineError} `override_rejected` where the name has an enrolment and `replaces` is wrong. */
  readonly enrol: (enrolment: NewEnrolment) => Promise<EnrolmentView>;
  /** The newest time the log has seen, RFC 3339, while the clock is behind it; else null. */
  readonly clockBack: () => Promise<string | null>;
  /**
   * For a clock that was ahead: time goes on from what it says now. Every request and grant ends, and
   * every lock. For whoever looks after the engine, at the console.
   *
   * @throws {EngineError} `override_refused` while the clock is not behind.
   */
  readonly acceptClock: (by: string) => Promise<void>;
  /** Ends an enrolment; codes and recovery codes of it count no more. */
  readonly unenrol: (id: string, by: string) => Promise<void>;
}
