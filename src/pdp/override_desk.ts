/**
 * Requests for an exception and what people answer, as edges see it.
 *
 * @module
 */
import type { Approval, Channel } from "../core/override/approval.ts";
import type { RequestDocument } from "../core/override/request_document.ts";
import type { GrantKind } from "../core/override/terms.ts";
import type { TotpAlgorithm } from "../core/override/totp_parameters.ts";
import type { Principal } from "../core/operation/operation.ts";

/**
 * `same_uid`: the asker's own user could have forged it. `guarded`: it could not. `presence`: somebody
 * touched the security key that signed.
 */
export type OverrideTrust = "same_uid" | "guarded" | "presence";

/** Where a request stands; wire form. */
export interface OverrideStatus {
  readonly request_id: string;
  /** Exactly one of the others follows `pending`; `used` and `revoked` follow `approved`. */
  readonly status:
    | "pending"
    | "approved"
    | "denied"
    | "expired"
    | "cancelled"
    | "used"
    | "revoked";
  /** Of the request, RFC 3339. */
  readonly expires_at: string;
  /** The grant; null before there is one. */
  readonly override_id: string | null;
  readonly approved_until: string | null;
  readonly approved_by: string | null;
  readonly override_trust: OverrideTrust | null;
  readonly justification: string | null;
  readonly kind: GrantKind | null;
}

/** A request as a person is to see it. */
export interface ShownRequest {
  readonly request_id: string;
  readonly status: OverrideStatus["status"];
  /** ASCII, lines; control and bidi characters escaped. Exactly what an SSH approval signs first. */
  readonly text: string;
  /** What the person retypes: `XXXXX-XXXXX`. */
  readonly phrase: string;
  readonly document: RequestDocument;
  /** Who may approve it, and how. */
  readonly approvers: readonly ApproverView[];
  readonly kinds: readonly GrantKind[];
}

export interface ApproverView {
  /** Null: the one without a name. */
  readonly name: string | null;
  readonly proofs: readonly ("totp" | "recovery" | "ssh")[];
  /** RFC 3339 while codes of this approver are refused on this channel's road; else null. */
  readonly locked_until: string | null;
}

export interface GrantView {
  readonly override_id: string;
  readonly request_id: string;
  readonly kind: GrantKind;
  readonly operation_digest: string;
  readonly policy_digest: string;
  readonly principal: string;
  readonly approved_by: string;
  readonly override_trust: OverrideTrust;
  readonly approved_until: string;
  /** Decisions it has allowed so far. */
  readonly uses: number;
}

export interface PendingView {
  readonly request_id: string;
  readonly principal: string;
  readonly expires_at: string;
  readonly operation_digest: string;
  /** One line, escaped: the first effects. */
  readonly summary: string;
}

export interface EnrolmentView {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly algorithm: TotpAlgorithm;
  readonly enrolled_at: string;
  /** The trusted policy has a line for it. */
  readonly is_named: boolean;
  readonly recovery_codes_left: number;
}

export interface OverrideListing {
  readonly pending: readonly PendingView[];
  readonly grants: readonly GrantView[];
  readonly enrolments: readonly EnrolmentView[];
  readonly approvers: readonly ApproverView[];
}

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
  ) => Promise<OverrideStatus>;
  /** Whether the grant would lift a denial of this principal now. Never throws for a made-up id. */
  readonly isValid: (overrideId: string, principal: Principal | null) => Promise<boolean>;
  readonly list: () => Promise<OverrideListing>;
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
  /** Ends an enrolment; codes and recovery codes of it count no more. */
  readonly unenrol: (id: string, by: string) => Promise<void>;
}
