/**
 * What an asker asks about its own requests; see Client in client.ts.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { untrusted } from "../core/integrity/parse_answer.ts";
import type { JsonObject } from "../core/operation/operation.ts";
import {
  parseAccessRequest,
  parseWithdrawal,
  type Withdrawal,
} from "../core/override/access_request.ts";
import type { OverrideTask } from "../core/override/override_task.ts";
import { parseTask } from "../core/override/parse_task.ts";
import { askAbout } from "./ask_about.ts";
import { encodeJson } from "./encode_json.ts";
import type { Peer } from "./exchange.ts";

/** A denial to be lifted. */
export interface AskedOverride {
  /** `override.request_id` of the decision. */
  readonly requestId: string;
  /** Of the decision; a label. */
  readonly decisionId?: string;
  /** What was denied, in the wire form: the server then makes sure that the request is about it. */
  readonly operation?: unknown;
  /** How long the caller means to wait, 1 to 86,400; the request's own end stays as it is. */
  readonly timeoutSeconds?: number;
  /** Default: the request's id, so that asking again is the same call. */
  readonly idempotencyKey?: string;
}

/** Confirms a denial; sends nothing that the server would find malformed. */
export async function requestOverride(peer: Peer, asked: AskedOverride): Promise<OverrideTask> {
  const body = encodeJson({
    operation: asked.operation,
    denial: { request_id: asked.requestId, decision_id: asked.decisionId },
    timeout_seconds: asked.timeoutSeconds,
  });
  if (parseAccessRequest(body).requestId === null) throw unfitId();
  const headers = { "idempotency-key": asked.idempotencyKey ?? asked.requestId };
  const path = "/v1/override/request";
  const answer = await askAbout(peer, { path, body, headers, goodStatus: 201 });
  return taskOf(answer, asked.requestId);
}

export async function askTask(peer: Peer, requestId: string): Promise<OverrideTask> {
  const path = `/v1/override/task?id=${encodeId(requestId)}`;
  return taskOf(await askAbout(peer, { path, body: null }), requestId);
}

export async function cancelOverride(
  peer: Peer,
  requestId: string,
  reason: Withdrawal,
): Promise<OverrideTask> {
  const body = encodeJson({ request_id: requestId, reason });
  parseWithdrawal(body);
  return taskOf(await askAbout(peer, { path: "/v1/override/cancel", body }), requestId);
}

export async function isOverrideValid(peer: Peer, overrideId: string): Promise<boolean> {
  const path = `/v1/override/valid?id=${encodeId(overrideId)}`;
  const { override_id: id, valid } = await askAbout(peer, { path, body: null });
  if (id === overrideId && typeof valid === "boolean") return valid;
  throw untrusted("it is about another grant");
}

function taskOf(answer: JsonObject, requestId: string): OverrideTask {
  const task = parseTask(answer["task"]);
  if (task?.id === requestId) return task;
  // SECURITY: the signature covers no path. An answer about another request must not count.
  throw untrusted("it is no task of this request");
}

/** Anything but an id would be another query. */
function encodeId(id: string): string {
  if (!/^[\x21-\x7e]{1,128}$/.test(id)) throw unfitId();
  return encodeURIComponent(id);
}

function unfitId(): EngineError {
  return new EngineError("operation_invalid", "Got an unfit id, wanted one the engine gave");
}
