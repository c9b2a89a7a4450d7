/**
 * What is told of requests, grants and enrolments; the same on every road, so clients know it too.
 *
 * @module
 */
import type { RequestDocument } from "./request_document.ts";
import type { GrantKind } from "./terms.ts";
import type { TotpAlgorithm } from "./totp_parameters.ts";

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
  /**
   * Why it ended without a person's answer, where that is known: whoever waited gave up (`timeout`),
   * or another policy is in force than the one it was asked under.
   */
  readonly ended_because?: EndCause;
}

export const endCauses = ["timeout", "policy_changed"] as const;
export type EndCause = typeof endCauses[number];

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
  /** Folder in which signed approvals may be laid; absent where there is none. */
  readonly inbox?: string;
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
  /** Absent where denials are enforced: in every other mode none offers a request. */
  readonly mode?: "observe" | "disabled";
  readonly pending: readonly PendingView[];
  readonly grants: readonly GrantView[];
  readonly enrolments: readonly EnrolmentView[];
  readonly approvers: readonly ApproverView[];
}
