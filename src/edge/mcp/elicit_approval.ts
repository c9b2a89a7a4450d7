/**
 * Shows a request for an exception to the person behind the client, past the model: an elicitation
 * (2025-11-25) or an input that is required (2026-07-28). What comes back approves nothing. It only
 * says when to ask the engine again; the approval itself goes by the engine's own roads.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { parseStrictJson } from "../../core/strict_json.ts";
import type { McpRequest } from "./mcp_message.ts";

/** How the person is shown it, by what the client can; null where it can nothing of it. */
export function planElicitation(
  decision: Decision | null,
  capabilities: JsonObject,
  approvalUrl: string | null,
): JsonObject | null {
  const offer = decision?.override;
  const declared = capabilities["elicitation"] ?? null;
  if (offer?.status !== "offered" || !isJsonObject(declared)) return null;
  const { request_id: id, expires_at: until } = offer;
  const before = `${until.slice(11, 16)} UTC`;
  if (approvalUrl !== null && Object.hasOwn(declared, "url")) {
    const message = `Sealward needs a person to approve request ${id} before ${before}.`;
    return { mode: "url", message, url: approvalUrl.replaceAll("{id}", id) };
  }
  const isForm = Object.keys(declared).length === 0 || Object.hasOwn(declared, "form");
  if (!isForm) return null;
  const message = `Sealward needs a person to approve request ${id} before ${before}: ` +
    `run "sealward override approve ${id}" in a terminal, and accept here when that is done. ` +
    "Type no code here.";
  return { mode: "form", message, requestedSchema: { type: "object", properties: {} } };
}

/** A request of the proxy to a client of an older revision. */
export function encodeElicitation(params: JsonObject, id: string): JsonObject {
  // Revision 2025-11-25 tells URL elicitations apart by an id of their own.
  const own = params["mode"] === "url" ? { elicitationId: id } : {};
  return { jsonrpc: "2.0", id, method: "elicitation/create", params: { ...params, ...own } };
}

/** Whether the person said that it is done. */
export function isAccepted(result: JsonObject | null): boolean {
  return result?.["action"] === "accept";
}

const statePrefix = "sealward:";
const inputKey = "sealward_approval";

/** The answer that makes a modern client come again. What it had for the server comes back with it. */
export function encodeInputRequired(request: McpRequest, params: JsonObject): JsonObject {
  const { inputResponses, requestState } = request.params;
  const own = {
    ...(inputResponses === undefined ? {} : { inputResponses }),
    ...(requestState === undefined ? {} : { requestState }),
  };
  return {
    jsonrpc: "2.0",
    id: request.id,
    result: {
      resultType: "input_required",
      inputRequests: { [inputKey]: { method: "elicitation/create", params } },
      requestState: `${statePrefix}${JSON.stringify(own)}`,
    },
  };
}

/** A request that came again, as it was before; null for any other. */
export function readRetry(request: McpRequest): McpRequest | null {
  const { inputResponses: _own, requestState, ...params } = request.params;
  if (typeof requestState !== "string" || !requestState.startsWith(statePrefix)) return null;
  try {
    const before = parseStrictJson(requestState.slice(statePrefix.length));
    if (!isJsonObject(before)) return null;
    const { inputResponses, requestState: state } = before;
    // SECURITY: the client can write here what it likes, but nothing that it could not send anyway.
    return {
      ...request,
      params: {
        ...params,
        ...(inputResponses === undefined ? {} : { inputResponses }),
        ...(state === undefined ? {} : { requestState: state }),
      },
    };
  } catch {
    return null;
  }
}

/** A request in its own words, where it is not passed on as it came. */
export function encodeRequest({ id, method, params }: McpRequest): JsonObject {
  return { jsonrpc: "2.0", id, method, params };
}
