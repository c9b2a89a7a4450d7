/**
 * What a server tells an approver, after its signature has been verified. Members that this version
 * does not know may stand beside the ones it acts on.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";
import { idPattern } from "./answer_fields.ts";
import {
  anyBoolean,
  anyCount,
  anyObject,
  anyText,
  instant,
  listOf,
  oneOf,
  orNone,
  orNull,
  type Shape,
  text,
  withMembers,
} from "./json_shape.ts";
import {
  endCauses,
  type OverrideListing,
  type OverrideStatus,
  type ShownRequest,
} from "./override_views.ts";
import { overrideStatuses } from "./parse_task.ts";
import { grantKinds } from "./terms.ts";
import { totpAlgorithms } from "./totp_parameters.ts";

const id = text(idPattern);
const overrideId = text(/^[\x21-\x7e]{1,128}$/);
const trust = oneOf("same_uid", "guarded", "presence");
const kind = oneOf(...grantKinds);

const status = withMembers({
  request_id: id,
  status: oneOf(...overrideStatuses),
  expires_at: instant,
  override_id: orNull(overrideId),
  approved_until: orNull(instant),
  approved_by: orNull(anyText),
  override_trust: orNull(trust),
  justification: orNull(anyText),
  kind: orNull(kind),
  ended_because: orNone(oneOf(...endCauses)),
});

const approver = withMembers({
  name: orNull(anyText),
  proofs: listOf(oneOf("totp", "recovery", "ssh")),
  locked_until: orNull(instant),
});

const pending = withMembers({
  request_id: id,
  principal: anyText,
  expires_at: instant,
  operation_digest: anyText,
  summary: anyText,
});

const grant = withMembers({
  override_id: overrideId,
  request_id: id,
  kind,
  operation_digest: anyText,
  policy_digest: anyText,
  principal: anyText,
  approved_by: anyText,
  override_trust: trust,
  approved_until: instant,
  uses: anyCount,
});

const enrolment = withMembers({
  id,
  name: anyText,
  algorithm: oneOf(...totpAlgorithms),
  enrolled_at: instant,
  is_named: anyBoolean,
  recovery_codes_left: anyCount,
});

const listing = withMembers({
  pending: listOf(pending),
  grants: listOf(grant),
  enrolments: listOf(enrolment),
  approvers: listOf(approver),
  mode: orNone(oneOf("observe", "disabled")),
});

const requestDocument = withMembers({
  version: oneOf(1),
  request: id,
  operation_digest: anyText,
  principal: anyText,
  operation: anyObject,
  effects: listOf(anyObject),
  violations: listOf(anyObject),
});

// SECURITY: the text goes to a terminal. What could move the cursor or turn the reading order is
// escaped in it, or it is none of ours (BIND-07).
const plainText: Shape = text(/^[\n\x20-\x7e]+$/);

const plainLine: Shape = text(/^[\x20-\x7e]+$/);

const shown = withMembers({
  request_id: id,
  status: oneOf(...overrideStatuses),
  text: plainText,
  phrase: text(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/),
  document: requestDocument,
  approvers: listOf(approver),
  kinds: listOf(kind),
  inbox: orNone(plainLine),
});

/** Where a request stands; null for anything else. */
export function parseStatus(value: Json | undefined): OverrideStatus | null {
  return status(value) ? value as unknown as OverrideStatus : null;
}

/** Everything there is to look after; null for anything else. */
export function parseListing(value: Json): OverrideListing | null {
  return listing(value) ? value as unknown as OverrideListing : null;
}

/** A request as a person is to see it; null for anything else, or of two requests. */
export function parseShown(value: Json | undefined): ShownRequest | null {
  if (!shown(value)) return null;
  const parsed = value as unknown as ShownRequest;
  return parsed.document.request === parsed.request_id ? parsed : null;
}
