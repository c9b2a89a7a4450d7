/**
 * A task of a server's answer, after its signature has been verified.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";
import { idPattern } from "./answer_fields.ts";
import { anyText, exactly, instant, oneOf, orNone, orNull, text } from "./json_shape.ts";
import { type OverrideTask, taskStatusOf } from "./override_task.ts";
import { endCauses, type OverrideStatus } from "./override_views.ts";
import { grantKinds } from "./terms.ts";

/** Statuses of a request; wire form. */
export const overrideStatuses = [
  "pending",
  "approved",
  "denied",
  "expired",
  "cancelled",
  "used",
  "revoked",
] as const satisfies OverrideStatus["status"][];

const result = exactly({
  mode: oneOf("reevaluate", "none"),
  override_id: text(/^[\x21-\x7e]{1,128}$/),
  approved_until: orNull(instant),
  approved_by: orNull(anyText),
  override_trust: orNull(oneOf("same_uid", "guarded", "presence")),
  kind: orNull(oneOf(...grantKinds)),
  justification: orNull(anyText),
});

const task = exactly({
  id: text(idPattern),
  status: oneOf("pending", "approved", "denied", "expired", "cancelled"),
  override_status: oneOf(...overrideStatuses),
  status_endpoint: anyText,
  expires_at: instant,
  links: exactly({ cancel: anyText }),
  justification: orNone(anyText),
  ended_because: orNone(oneOf(...endCauses)),
  result: orNone(result),
});

/** The task, when it is one, whole and at one with itself; else null. */
export function parseTask(value: Json | undefined): OverrideTask | null {
  if (!task(value)) return null;
  const parsed = value as unknown as OverrideTask;
  const isApproved = parsed.override_status === "approved";
  // SECURITY: two statuses that disagree are read as the better one by somebody.
  const isOne = taskStatusOf(parsed.override_status) === parsed.status &&
    isApproved === (parsed.result?.mode === "reevaluate");
  return isOne ? parsed : null;
}
