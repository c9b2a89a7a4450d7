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
  throw new EngineError("override_unknown", "There is no such request", {
    hint: "ask for the operation again: the answer names one that can be approved",
  });
}

export function statusOf(request: RequestState, now: number): OverrideStatus {
  const { id, expires_at: end, grant, because } = request;
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
  };
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
