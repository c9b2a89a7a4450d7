/**
 * What the proxy says itself, to a client in place of the server or to a server in place of the
 * client. A denied tool call is a result and no protocol error: only results are read by models.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";
import type { Json, JsonObject } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { type McpCode, mcpCodes, type McpFault, type McpId } from "./mcp_fault.ts";
import type { McpRequest } from "./mcp_message.ts";

/** `_meta` of requests since 2026-07-28. */
export const protocolKey = "io.modelcontextprotocol/protocolVersion";
const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
const decisionKey = "sealward/decision";

/** Whether the request speaks of its revision itself, as all do since 2026-07-28. */
export function isModern({ params }: Pick<McpRequest, "params">): boolean {
  const meta = params["_meta"] ?? null;
  return isJsonObject(meta) && Object.hasOwn(meta, protocolKey);
}

/** Capabilities a modern request declares; empty where it declares none. */
export function capabilitiesOf({ params }: Pick<McpRequest, "params">): JsonObject {
  const meta = params["_meta"] ?? null;
  const declared = isJsonObject(meta) ? meta[capabilitiesKey] ?? null : null;
  return declared !== null && isJsonObject(declared) ? declared : {};
}

/** The denial of a request, in the form its method has. */
export function encodeDenial(
  request: McpRequest,
  text: string,
  decision: Decision | null,
): JsonObject {
  const meta = { _meta: { [decisionKey]: summarise(decision) } };
  if (request.method !== "tools/call") {
    return encodeError("denied", text, { id: request.id, data: meta._meta });
  }
  const kind = isModern(request) ? { resultType: "complete" } : {};
  const result = { ...kind, content: [{ type: "text", text }], isError: true, ...meta };
  return { jsonrpc: "2.0", id: request.id, result };
}

/** For programs; the model reads the text. */
function summarise(decision: Decision | null): JsonObject {
  if (decision === null) return { decision: "deny", decision_id: null };
  const { decision_id, decision: verdict, violated_policies, audit, override } = decision;
  const request = override?.status === "offered"
    ? { request_id: override.request_id, expires_at: override.expires_at }
    : {};
  return {
    decision: verdict,
    decision_id,
    violated_policies: [...violated_policies],
    audit_seq: audit.seq,
    ...request,
  };
}

export function encodeError(
  code: McpCode,
  message: string,
  { id = null, data }: { readonly id?: McpId | null; readonly data?: Json } = {},
): JsonObject {
  return {
    jsonrpc: "2.0",
    // MCP has no null id: where nobody can tell which request it was, there is none.
    ...(id === null ? {} : { id }),
    error: { code: mcpCodes[code], message, ...(data === undefined ? {} : { data }) },
  };
}

/** One answer for each request of what was not passed on; one without an id where there is none. */
export function encodeFault({ code, message, ids }: McpFault): readonly JsonObject[] {
  const all = ids.length === 0 ? [null] : ids;
  return all.map((id) => encodeError(code, message, { id }));
}

/** A message as bytes, without an end of a line. */
export function encodeMessage(message: JsonObject): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message));
}
