/**
 * A request as its asker follows it: the task of the AuthZEN Access Request and Approval draft, with
 * the engine's own status beside. docs/overrides.md, "HTTP".
 *
 * @module
 */
import type { EndCause, OverrideStatus, OverrideTrust } from "./override_views.ts";
import type { GrantKind } from "./terms.ts";

/** What the draft knows; a status that a client does not know means not approved. */
export type TaskStatus = "pending" | "approved" | "denied" | "expired" | "cancelled";

/** Wire form. */
export interface OverrideTask {
  /** The request's id. */
  readonly id: string;
  readonly status: TaskStatus;
  readonly override_status: OverrideStatus["status"];
  /** Path and query of where it is asked for again. */
  readonly status_endpoint: string;
  /** Of the request, RFC 3339. */
  readonly expires_at: string;
  readonly links: { readonly cancel: string };
  /** Why a person said no, or took the grant back; absent where nobody said. */
  readonly justification?: string;
  /** As in OverrideStatus. */
  readonly ended_because?: EndCause;
  /** Absent before there is a grant. */
  readonly result?: TaskResult;
}

export interface TaskResult {
  /** `reevaluate`: ask for the operation again, the engine decides. `none`: the grant is over. */
  readonly mode: "reevaluate" | "none";
  readonly override_id: string;
  readonly approved_until: string | null;
  readonly approved_by: string | null;
  readonly override_trust: OverrideTrust | null;
  readonly kind: GrantKind | null;
  readonly justification: string | null;
}

/**
 * `used` is `expired` and `revoked` is `denied`: to a client that knows the draft's words only,
 * `approved` would promise what is not to be had any more.
 */
const taskStatuses: Readonly<Record<OverrideStatus["status"], TaskStatus>> = {
  pending: "pending",
  approved: "approved",
  denied: "denied",
  expired: "expired",
  cancelled: "cancelled",
  used: "expired",
  revoked: "denied",
};

/** The task's status of an engine's status. */
export function taskStatusOf(status: OverrideStatus["status"]): TaskStatus {
  return taskStatuses[status];
}

/** The task of a request. */
export function overrideTask(status: OverrideStatus): OverrideTask {
  const { request_id: id } = status;
  return {
    id,
    status: taskStatuses[status.status],
    override_status: status.status,
    status_endpoint: `/v1/override/task?id=${id}`,
    expires_at: status.expires_at,
    links: { cancel: "/v1/override/cancel" },
    ...(status.ended_because !== undefined && { ended_because: status.ended_because }),
    ...(isEnded(status) && { justification: status.justification ?? "" }),
    ...(status.override_id !== null && { result: resultOf(status, status.override_id) }),
  };
}

function isEnded({ status, justification }: OverrideStatus): boolean {
  return (status === "denied" || status === "revoked") && (justification ?? "") !== "";
}

function resultOf(status: OverrideStatus, overrideId: string): TaskResult {
  return {
    mode: status.status === "approved" ? "reevaluate" : "none",
    override_id: overrideId,
    approved_until: status.approved_until,
    approved_by: status.approved_by,
    override_trust: status.override_trust,
    kind: status.kind,
    justification: status.justification,
  };
}

/** The engine's status that a task was made of. */
export function statusOfTask(task: OverrideTask): OverrideStatus {
  const { id, override_status: status, expires_at: expiresAt, result } = task;
  return {
    request_id: id,
    status,
    expires_at: expiresAt,
    override_id: result?.override_id ?? null,
    approved_until: result?.approved_until ?? null,
    approved_by: result?.approved_by ?? null,
    override_trust: result?.override_trust ?? null,
    justification: task.justification ?? result?.justification ?? null,
    kind: result?.kind ?? null,
    ...(task.ended_because === undefined ? {} : { ended_because: task.ended_because }),
  };
}
