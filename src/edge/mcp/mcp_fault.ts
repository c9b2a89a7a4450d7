/**
 * A message that is not passed on.
 *
 * @module
 */
import { oneLine, toEngineError } from "../../core/errors.ts";

/** MCP knows no null id and no fraction. */
export type McpId = string | number;

/** Error codes of JSON-RPC 2.0 and MCP; the last one is ours, of the range left to everybody. */
export const mcpCodes = {
  parse_error: -32_700,
  invalid_request: -32_600,
  method_not_found: -32_601,
  invalid_params: -32_602,
  internal_error: -32_603,
  server_gone: -32_000,
  header_mismatch: -32_020,
  denied: -32_010,
} as const;

export type McpCode = keyof typeof mcpCodes;

export class McpFault extends Error {
  readonly code: McpCode;
  /** Of the requests to answer; none where nobody can tell which. */
  readonly ids: readonly McpId[];

  /** @param got What came, as a clause. */
  constructor(code: McpCode, got: string, { ids = [] }: { readonly ids?: readonly McpId[] } = {}) {
    super(`Sealward passed nothing on: got ${oneLine(got, 300)}`);
    this.name = "McpFault";
    this.code = code;
    this.ids = ids;
  }
}

/** What went wrong with one request: it is answered, and the next one goes on. */
export function toMcpFault(thrown: unknown, id: McpId): McpFault {
  if (thrown instanceof McpFault) return thrown;
  return new McpFault("internal_error", toEngineError(thrown).message, { ids: [id] });
}
