/**
 * Headers that repeat what stands in the body (2026-07-28). Who routes by one and who acts by the
 * other must read the same.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import type { Json } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { isModern, protocolKey } from "./mcp_answers.ts";
import { McpFault } from "./mcp_fault.ts";
import type { McpNotification, McpRequest } from "./mcp_message.ts";

/** First revision whose requests carry them. */
const firstModern = "2026-07-28";

/** Methods whose name, URI or task stands in `Mcp-Name`; the tasks are those of their extension. */
const named: ReadonlyMap<string, "name" | "uri" | "taskId"> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/**
 * @throws {McpFault} `header_mismatch` where a header is missing, or says something else than the
 *   body; `invalid_params` where only the header names the revision.
 */
export function matchHeaders(message: McpRequest | McpNotification, headers: Headers): void {
  const ids = message.kind === "request" ? [message.id] : [];
  const refuse = (what: string) => {
    throw new McpFault("header_mismatch", what, { ids });
  };
  const { method, params } = message;
  const isRequired = isModern(message) && message.kind === "request";
  const version = headers.get("mcp-protocol-version");
  const meta = params["_meta"] ?? null;
  const claimed = isJsonObject(meta) ? meta[protocolKey] ?? null : null;
  // A date: as text it is in the order of time.
  const saysModern = version !== null && version >= firstModern;
  if (message.kind === "request" && (isRequired || saysModern) && version !== claimed) {
    if (claimed !== null) refuse("an MCP-Protocol-Version header that is not the body's");
    // Nothing contradicts the header: the request is not whole.
    const what = `a request of ${version} without ${protocolKey} in _meta`;
    throw new McpFault("invalid_params", what, { ids });
  }
  const said = headers.get("mcp-method");
  if (said === null ? isRequired : said !== method) {
    refuse("an Mcp-Method header that is not the body's method");
  }
  const key = named.get(method);
  const name = headers.get("mcp-name");
  const wanted = key === undefined ? null : params[key] ?? null;
  if (name === null ? isRequired && key !== undefined : decodeName(name) !== wanted) {
    refuse("an Mcp-Name header that is not the body's name");
  }
  const texts = new Set(scalarsIn(params["arguments"] ?? null));
  for (const [header, value] of headers) {
    if (!header.startsWith("mcp-param-")) continue;
    const text = decodeName(value);
    if (text === null || !(texts.has(text) || texts.has(String(Number(text))))) {
      refuse(`a header ${header} that says what no argument says`);
    }
  }
}

/** SECURITY: which argument a header repeats only the server knows; it is one of those judged. */
function scalarsIn(value: Json): readonly string[] {
  const found: string[] = [];
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "object" && next !== null) {
      for (const member of Object.values(next)) pending.push(member);
    } else if (next !== null) found.push(String(next));
  }
  return found;
}

/** Null for what is no encoding. */
function decodeName(value: string): string | null {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64(encoded));
  } catch {
    return null;
  }
}
