/**
 * Streamable HTTP before a server on this machine: each POST is judged, then passed on byte by byte.
 *
 * @module
 */
import { EngineError, toEngineError } from "../../core/errors.ts";
import { maxMcpRequestBytes } from "../../core/limits.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import { parseRequestTarget } from "../server/request_target.ts";
import { requireHost } from "../server/require_host.ts";
import { requireJson } from "../server/require_json.ts";
import { requireSameOrigin } from "../server/require_same_origin.ts";
import { readBody } from "../server/read_body.ts";
import { encodeInputRequired, encodeRequest } from "./elicit_approval.ts";
import { Exchange, type ExchangeOptions } from "./http_exchange.ts";
import { matchHeaders } from "./match_headers.ts";
import { encodeDenial, encodeError, encodeFault, encodeMessage, isModern } from "./mcp_answers.ts";
import { McpFault } from "./mcp_fault.ts";
import { type McpMessage, type McpRequest, parseMessage } from "./mcp_message.ts";
import { isClientNotification, roadOf } from "./mcp_methods.ts";
import { createParties, type PartyOptions } from "./parties.ts";

export interface McpAppOptions extends ExchangeOptions, PartyOptions {
  /** Allowed `host:port`, lower case; filled when the port is known. */
  readonly hosts: readonly string[];
}

const bodyLimits = { maxBytes: maxMcpRequestBytes, timeoutMs: 10_000 };

interface McpApp {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Nothing more comes from the server. */
  readonly end: () => void;
}

export function createMcpApp(options: McpAppOptions): McpApp {
  const parties = createParties(options);
  return {
    fetch: async (request) => {
      try {
        requireForUs(request, options);
        const exchange = new Exchange(request, parties.find(request.headers), options);
        if (request.method === "POST") return await answerPost(request, exchange);
        if (request.method === "GET" || request.method === "DELETE") return await exchange.pass();
        return new Response(null, { status: 405, headers: { allow: "POST, GET, DELETE" } });
      } catch (thrown) {
        return encodeRefusal(thrown);
      }
    },
    end: parties.end,
  };
}

function requireForUs(request: Request, { hosts, upstream }: McpAppOptions): void {
  requireSameOrigin(request.headers, requireHost(request, hosts));
  const { path, query } = parseRequestTarget(request.url);
  if (path !== upstream.pathname || query !== null) {
    throw new EngineError("request_not_found", "There is nothing at this path");
  }
}

async function answerPost(request: Request, exchange: Exchange): Promise<Response> {
  requireJson(request.headers);
  const bytes = new TextEncoder().encode(await readBody(request, bodyLimits));
  const message = parseMessage(bytes, "client");
  if (message.kind === "response") {
    const passed = await exchange.passAnswer(message.id, bytes);
    if (passed !== null) return passed;
    throw new McpFault("invalid_request", "an answer to nothing the server asked");
  }
  matchHeaders(message, request.headers);
  if (message.kind === "notification") {
    if (isClientNotification(message.method)) return await exchange.pass(bytes);
    throw new McpFault("invalid_request", "a notification nobody knows");
  }
  return await answerRequest(message, bytes, exchange);
}

async function answerRequest(
  message: Extract<McpMessage, { readonly kind: "request" }>,
  bytes: Uint8Array,
  exchange: Exchange,
): Promise<Response> {
  const { id, method } = message;
  switch (roadOf(method)) {
    case "deny": {
      const text = `Sealward passes on no method ${JSON.stringify(method)}`;
      return encodeJson(encodeError("method_not_found", text, { id }), 404);
    }
    case "judge":
      return await answerJudged(message, bytes, exchange);
    default:
      return await exchange.passRequest(bytes, { request: message, ticket: null });
  }
}

async function answerJudged(
  given: McpRequest,
  bytes: Uint8Array,
  exchange: Exchange,
): Promise<Response> {
  // A client of an older revision would have to be asked on a stream that is not open yet.
  const judged = await exchange.judge.judge(given, exchange.list, {});
  const { request } = judged;
  if (judged.kind === "pass") {
    const sent = request === given ? bytes : encodeMessage(encodeRequest(request));
    return await exchange.passRequest(sent, judged);
  }
  if (judged.kind === "elicit" && isModern(request)) {
    return encodeJson(encodeInputRequired(request, judged.elicitation), 200);
  }
  const { text, decision } = judged.verdict;
  return encodeJson(encodeDenial(request, text, decision), 200);
}

function encodeRefusal(thrown: unknown): Response {
  if (thrown instanceof McpFault) {
    const [answer = {}] = encodeFault(thrown);
    return encodeJson(answer, 400);
  }
  const { message, http } = toEngineError(thrown);
  return encodeJson(encodeError("invalid_request", `Sealward: ${message}`), http);
}

function encodeJson(message: JsonObject, status: number): Response {
  return new Response(encodeMessage(message), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
