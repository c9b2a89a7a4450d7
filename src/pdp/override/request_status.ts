/**
 * Where a request stands, from the state alone.
 *
 * @module
 */
import {
  isGranting,
  isPending,
  type OverridesKept,
  type RequestState,
} from "../../core/audit/override_state.ts";
import { EngineError } from "../../core/errors.ts";
import type { Principal } from "../../core/operation/operation.ts";
import type { EndCause } from "../../core/override/override_views.ts";
import type { OverrideStatus } from "../override_desk.ts";
import { timeOf } from "./desk_parts.ts";

/** @throws {EngineError} `override_unknown`, also for another principal's. */
export function findRequest(
  { requests }: OverridesKept,
  requestId: string,
  principal: Principal | null,
): RequestState {
  const found = requests.find(({ id }) => id === requestId);
  if (found !== undefined && (principal === null || found.principal === principal)) return found;
  // Whoever asks for their own is told nothing of anybody's grants.
  const isGrant = principal === null && requests.some(({ grant }) => grant?.id === requestId);
  if (isGrant) {
    throw new EngineError("override_unknown", "That is the id of an approval, not of a request", {
      hint: "end the approval with `sealward override revoke`, or name the request",
    });
  }
  throw new EngineError("override_unknown", "There is no such request", { hint: askAgain });
}

const askAgain = "ask for the operation again: the answer names one that can be approved";

/** What is refused of a request because it does not wait any more. */
export function over({ status, override_id: grant }: OverrideStatus): EngineError {
  return new EngineError("override_unknown", `The request is not open any more: it is ${status}`, {
    hint: hintOf(status, grant ?? "OVERRIDE_ID"),
  });
}

function hintOf(status: OverrideStatus["status"], grant: string): string {
  switch (status) {
    case "approved":
      return `it is approved already; to end that: sealward override revoke ${grant}`;
    case "used":
      return "it was approved, and the approval is used up; asking again opens a new request";
    case "denied":
      return "a person said no; asking for the operation again opens a new request";
    case "expired":
      return "nobody answered in time, or the approval's time is over: have it asked for again";
    case "cancelled":
      return "whoever asked took it back, or the policy changed: have it asked for again";
    case "revoked":
      return "its approval was taken back; asking again opens a new request";
    case "pending":
      return askAgain;
  }
}

/** @param policyDigest Of the policy in force, where it matters to whom is told. */
export function statusOf(
  request: RequestState,
  now: number,
  policyDigest: string | null = null,
): OverrideStatus {
  const { id, expires_at: end, grant, because } = request;
  const ended = endOf(request, policyDigest);
  return {
    request_id: id,
    status: wordOf(request, now),
    expires_at: timeOf(end),
    override_id: grant?.id ?? null,
    approved_until: grant === null ? null : timeOf(grant.until),
    approved_by: grant?.by ?? null,
    override_trust: grant?.trust ?? null,
    justification: because || (grant?.justification ?? null),
    kind: grant?.kind ?? null,
    ...(ended === null ? {} : { ended_because: ended }),
  };
}

/** Only what people did not end themselves; see OverrideStatus. */
function endOf(
  { status, because, policy_digest: asked }: RequestState,
  policyDigest: string | null,
): EndCause | null {
  if (status === "timeout") return "timeout";
  const isSilent = (status === "cancelled" || status === "revoked") && because === "";
  return isSilent && policyDigest !== null && policyDigest !== asked ? "policy_changed" : null;
}

function wordOf(request: RequestState, now: number): OverrideStatus["status"] {
  const { status } = request;
  switch (status) {
    case "pending":
      return isPending(request, now) ? "pending" : "expired";
    case "granted":
      return isGranting(request, now) ? "approved" : "expired";
    case "timeout":
      return "expired";
    default:
      return status;
  }
}
