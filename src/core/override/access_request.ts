/**
 * What an asker sends about its own requests: wire form → what the engine is asked.
 *
 * @module
 */
import { maxDepth } from "../limits.ts";
import type { Operation } from "../operation/operation.ts";
import { isJsonObject, parseLabel, parseObject, refuseUnknown } from "../operation/parse_field.ts";
import { parseOperation } from "../operation/parse_operation.ts";
import { nameKind, refuseAt } from "../operation/refuse_at.ts";
import { parseStrictJson } from "../strict_json.ts";
import { idPattern } from "./answer_fields.ts";

/** A denial that its asker wants lifted. */
export interface AccessRequest {
  /** As the decision offered it; null where none is named, or what cannot be one. */
  readonly requestId: string | null;
  /** What was denied; null where it is not said again. */
  readonly operation: Operation | null;
}

/**
 * Parses `{operation, denial: {request_id, decision_id}, timeout_seconds}`. The decision's id is a
 * label: the request's id alone is what the engine made for this denial. The timeout is how long
 * the caller means to wait; a request ends when the engine said, or when the caller cancels it.
 *
 * @throws {EngineError} `operation_invalid`, `operation_too_large`.
 */
export function parseAccessRequest(text: string): AccessRequest {
  // The wrapper does not count against an operation's own depth.
  const body = parseStrictJson(text, { maxDepth: maxDepth + 1 });
  if (!isJsonObject(body)) return refuseAt([], nameKind(body), "an object");
  refuseUnknown(body, ["operation", "denial", "timeout_seconds"]);
  parseTimeout(body["timeout_seconds"]);
  const denial = parseObject(body, "denial") ?? refuseAt(["denial"], "nothing", "an object");
  refuseUnknown(denial, ["request_id", "decision_id"], ["denial"]);
  parseLabel(denial, "decision_id", ["denial"]);
  const requestId = parseLabel(denial, "request_id", ["denial"]);
  const { operation } = body;
  return {
    requestId: requestId !== null && idPattern.test(requestId) ? requestId : null,
    operation: operation === undefined ? null : parseOperation(operation),
  };
}

function parseTimeout(seconds: unknown): void {
  if (seconds === undefined) return;
  const isFit = typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 1 &&
    seconds <= 86_400;
  if (!isFit) refuseAt(["timeout_seconds"], nameKind(seconds), "1 to 86400, whole");
}

/** Why an asker ends its own request. */
export type Withdrawal = "cancelled" | "timeout";

/**
 * Parses `{request_id, reason}`.
 *
 * @throws {EngineError} `operation_invalid`.
 */
export function parseWithdrawal(
  text: string,
): { readonly requestId: string; readonly reason: Withdrawal } {
  const body = parseStrictJson(text);
  if (!isJsonObject(body)) return refuseAt([], nameKind(body), "an object");
  refuseUnknown(body, ["request_id", "reason"]);
  const requestId = parseLabel(body, "request_id") ?? "";
  if (!idPattern.test(requestId)) refuseAt(["request_id"], "another text", "32 hex digits");
  const { reason } = body;
  if (reason === "cancelled" || reason === "timeout") return { requestId, reason };
  return refuseAt(["reason"], nameKind(reason), '"cancelled" or "timeout"');
}
