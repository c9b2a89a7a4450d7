/**
 * The guide's OverrideDecision: what a person answered, as the engine knows it.
 *
 * @module
 */
import type { OverrideStatus, OverrideTrust } from "../pdp/override_desk.ts";

/** Result of a request for an exception. Every field but `reason` is the engine's word. */
export interface OverrideDecision {
  /** True only while the engine holds a grant that would lift the denial. */
  readonly approved: boolean;
  /** One sentence for people; no contract. */
  readonly reason: string;
  /** The grant, 32 hex digits; null unless approved. */
  readonly overrideId: string | null;
  /** When the grant ends; null unless approved. To show: isOverrideValid asks the engine. */
  readonly expiresAt: Date | null;
  /** What the person gave as the reason; null where the engine does not say one. */
  readonly justification: string | null;
  /** Name in the policy of who proved to be that person; null unless approved, or without a name. */
  readonly approvedBy: string | null;
  /** How hard the approval is to forge; null unless approved. */
  readonly overrideTrust: OverrideTrust | null;
  /** The request, 32 hex digits; null where none could be opened. */
  readonly requestId: string | null;
}

/** No approval, and no answer of a person either. */
export function withoutApproval(reason: string, requestId: string | null): OverrideDecision {
  return {
    approved: false,
    reason,
    overrideId: null,
    expiresAt: null,
    justification: null,
    approvedBy: null,
    overrideTrust: null,
    requestId,
  };
}

/**
 * What the engine says of a request, in the guide's names.
 *
 * @param isValid Whether the engine would lift the denial by this grant now.
 */
export function toOverrideDecision(status: OverrideStatus, isValid: boolean): OverrideDecision {
  const { override_id: overrideId, approved_until: until, approved_by: approvedBy } = status;
  const answered = {
    ...withoutApproval(reasonOf(status, isValid), status.request_id),
    justification: status.justification,
  };
  if (status.status !== "approved" || !isValid || overrideId === null) return answered;
  const expiresAt = until === null ? null : new Date(until);
  // SECURITY: a grant whose end cannot be read would be shown as one that never ends.
  if (expiresAt === null || Number.isNaN(expiresAt.getTime())) {
    return { ...answered, reason: "Approved, but nobody can tell until when" };
  }
  return {
    ...answered,
    approved: true,
    overrideId,
    expiresAt,
    approvedBy,
    overrideTrust: status.override_trust,
  };
}

function reasonOf(
  { status, approved_by: name, override_id: grant }: OverrideStatus,
  isValid: boolean,
): string {
  switch (status) {
    case "pending":
      return "Nobody has answered the override request";
    case "approved":
      return isValid
        ? `Approved by ${name ?? "the approver without a name"}`
        : "It was approved, and no longer holds: its time is over or the policy is another one";
    case "denied":
      return "A person denied the override request";
    case "expired":
      return grant === null ? "Override request timed out" : "The approval's time is over";
    case "cancelled":
      return "Override request was cancelled";
    case "used":
      return "The override was used already";
    case "revoked":
      return "The override was revoked";
  }
}
