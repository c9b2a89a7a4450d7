/**
 * A client's request as the operation that is judged. Whatever the server says of its tools
 * (annotations, read-only hints) counts for nothing here.
 *
 * @module
 */
import { toEngineError } from "../../core/errors.ts";
import { mcpToolGrammar, nameMcpMethod, nameMcpTool } from "../../core/operation/mcp_names.ts";
import type { Json, JsonObject, Operation } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { parseOperation } from "../../core/operation/parse_operation.ts";
import { encodeDefinitions, type ToolDefinition } from "../../core/operation/tool_definitions.ts";
import { findToolPaths } from "../../core/operation/tool_paths.ts";
import { McpFault } from "./mcp_fault.ts";
import type { McpRequest } from "./mcp_message.ts";

/** Whose request it is, and where. */
export interface McpCaller {
  /** By --name. */
  readonly server: string;
  /** Of the proxy, or of the client's HTTP session: what is written into `agent.session`. */
  readonly session: string;
  /** Absolute; the server was started here. Null: nobody knows where it runs. */
  readonly cwd: string | null;
}

/** Of a request that the engine is asked about; null for a listening or a completion that
 * reads nothing. */
export function planRequest(
  request: McpRequest,
  caller: McpCaller,
  asked: { readonly correlationId: string; readonly definition: ToolDefinition | null },
): Operation | null {
  const tool = planTool(request, caller);
  if (tool === null) return null;
  const { definition, correlationId } = asked;
  const metadata = definition === null ? {} : encodeDefinitions([definition]);
  return parse({ tool, metadata, correlation_id: correlationId }, caller, request);
}

/** Of the list of tools a server gave. */
export function planListing(
  definitions: readonly ToolDefinition[],
  caller: McpCaller,
  correlationId: string,
): Operation {
  return parse(
    {
      tool: { name: nameMcpMethod(caller.server, "tools/list"), input: {} },
      metadata: encodeDefinitions(definitions),
      correlation_id: correlationId,
    },
    caller,
    null,
  );
}

/** SECURITY: `Arguments` would be arguments to some servers, and nobody has judged them. */
const callMembers: ReadonlySet<string> = new Set([
  ...["name", "arguments", "_meta", "task", "inputResponses", "requestState"],
]);

/** The tool a request names. @throws {McpFault} `invalid_params` for what no log takes. */
export function toolOf({ params, id }: McpRequest): string {
  const strange = Object.keys(params).find((key) => !callMembers.has(key));
  if (strange !== undefined) {
    throw new McpFault("invalid_params", `a call with ${JSON.stringify(strange)}`, { ids: [id] });
  }
  const { name } = params;
  if (typeof name === "string" && mcpToolGrammar.test(name)) return name;
  throw new McpFault("invalid_params", "a tool's name that is none", { ids: [id] });
}

type Named = { readonly name: string; readonly input: JsonObject };

function planTool(
  request: McpRequest,
  { server }: McpCaller,
): Named | null {
  const { method, params, id } = request;
  if (method === "tools/call") {
    const input = argumentsOf(params["arguments"], id);
    return { name: nameMcpTool(server, toolOf(request)), input };
  }
  const name = nameMcpMethod(server, method);
  if (method === "subscriptions/listen") {
    const wanted = params["notifications"] ?? {};
    const uris = isJsonObject(wanted) ? wanted["resourceSubscriptions"] ?? [] : [];
    return Array.isArray(uris) && uris.length === 0 ? null : { name, input: { uris } };
  }
  const { _meta, ...input } = params;
  if (method === "completion/complete") return planCompletion(name, params);
  return { name, input };
}

/** What completes a path lists a folder; what completes a word reads nothing. */
function planCompletion(name: string, { ref, argument, context }: JsonObject): Named | null {
  const memberOf = (value: Json | undefined, key: string): Json =>
    isJsonObject(value ?? null) ? (value as JsonObject)[key] ?? null : null;
  const input = {
    uri: memberOf(ref, "uri"),
    value: memberOf(argument, "value"),
    context: memberOf(context, "arguments"),
  };
  return findToolPaths(input).length === 0 ? null : { name, input };
}

function argumentsOf(value: Json | undefined, id: McpRequest["id"]): JsonObject {
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw new McpFault("invalid_params", "arguments that are no object", { ids: [id] });
}

function parse(
  parts: JsonObject,
  { session, cwd }: McpCaller,
  request: McpRequest | null,
): Operation {
  try {
    return parseOperation({
      type: "tool_call",
      ...parts,
      agent: { name: "mcp", session },
      ...(cwd === null ? {} : { cwd }),
    });
  } catch (thrown) {
    const ids = request === null ? [] : [request.id];
    throw new McpFault("invalid_params", toEngineError(thrown).message, { ids });
  }
}
