/**
 * One JSON-RPC message of MCP, read with one meaning only.
 *
 * @module
 */
import { toEngineError } from "../../core/errors.ts";
import { foldForMatching } from "../../core/operation/fold_for_matching.ts";
import type { Json, JsonObject } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { decodeUtf8, parseStrictJson } from "../../core/strict_json.ts";
import { McpFault, type McpId } from "./mcp_fault.ts";

export interface McpRequest {
  readonly kind: "request";
  readonly id: McpId;
  readonly method: string;
  readonly params: JsonObject;
}
export interface McpNotification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject;
}
export interface McpResponse {
  readonly kind: "response";
  /** Null where the other side could not tell what it answers. */
  readonly id: McpId | null;
  /** Null for an error. */
  readonly result: JsonObject | null;
}
export type McpMessage = McpRequest | McpNotification | McpResponse;

/** Nesting of a message: schemas in schemas. */
const maxMessageDepth = 128;
const maxMethodCharacters = 128;
const maxIdCharacters = 256;

/**
 * Reads a message from its bytes.
 *
 * @param from Of a server's numbers nothing depends; a client's are judged.
 * @throws {McpFault} Nothing of it must be passed on.
 */
export function parseMessage(bytes: Uint8Array, from: "client" | "server"): McpMessage {
  const json = parseJson(bytes, from === "server");
  if (Array.isArray(json)) {
    throw new McpFault("invalid_request", "a batch, which MCP does not know since 2025-06-18", {
      ids: json.flatMap((item) => isJsonObject(item) ? readId(item["id"]) ?? [] : []),
    });
  }
  if (!isJsonObject(json)) throw new McpFault("invalid_request", "no object");
  const id = readId(json["id"]);
  if (json["jsonrpc"] !== "2.0") throw fault("not of JSON-RPC 2.0", id);
  const strange = Object.keys(json).find((key) => isStrange(key, from));
  if (strange !== undefined) throw fault(`with a member ${JSON.stringify(strange)}`, id);
  if (!Object.hasOwn(json, "method")) return readAnswer(json, id);
  const call = readCall(json, id);
  const { _meta: meta = {} } = call.params;
  if (from === "client" && !isJsonObject(meta)) throw fault("with _meta that is no object", id);
  return call;
}

const members: readonly string[] = ["jsonrpc", "id", "method", "params", "result", "error"];

/**
 * SECURITY: some programs read `Method` as `method`, and of two the last one. Of a client's message
 * nothing is passed on that nobody looked at.
 */
function isStrange(key: string, from: "client" | "server"): boolean {
  return !members.includes(key) && (from === "client" || members.includes(foldForMatching(key)));
}

function parseJson(bytes: Uint8Array, takesAnyNumber: boolean): Json {
  try {
    return parseStrictJson(decodeUtf8(bytes), { maxDepth: maxMessageDepth, takesAnyNumber });
  } catch (thrown) {
    throw new McpFault("parse_error", toEngineError(thrown).message);
  }
}

function readCall(json: JsonObject, id: McpId | null): McpRequest | McpNotification {
  const { method, params = {} } = json;
  if (typeof method !== "string" || method === "" || method.length > maxMethodCharacters) {
    throw fault("without the name of a method", id);
  }
  if (!isJsonObject(params)) throw fault("with params that are no object", id);
  // SECURITY: what is question and answer in one is read by each side as it likes.
  if (["result", "error"].some((key) => Object.hasOwn(json, key))) {
    throw fault("a call that is an answer too", id);
  }
  if (!Object.hasOwn(json, "id")) return { kind: "notification", method, params };
  if (id === null) throw fault("with an id that is neither text nor a whole number", id);
  return { kind: "request", id, method, params };
}

function readAnswer(json: JsonObject, id: McpId | null): McpResponse {
  const { result, error } = json;
  if ((result === undefined) === (error === undefined)) {
    throw fault("neither a call nor an answer", id);
  }
  if (Object.hasOwn(json, "params")) throw fault("an answer that is a call too", id);
  if (result !== undefined && !isJsonObject(result)) throw fault("with a result that is none", id);
  if (error !== undefined && !isJsonObject(error)) throw fault("with an error that is none", id);
  const isUnaddressed = json["id"] === undefined || json["id"] === null;
  if (id === null && !(isUnaddressed && error !== undefined)) {
    throw fault("with an id that is neither text nor a whole number", id);
  }
  return { kind: "response", id, result: result ?? null };
}

function readId(value: Json | undefined): McpId | null {
  if (typeof value === "string") return value.length <= maxIdCharacters ? value : null;
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

function fault(what: string, id: McpId | null): McpFault {
  return new McpFault("invalid_request", `a message ${what}`, { ids: id === null ? [] : [id] });
}
