/**
 * What tools of MCP servers are called in operations, policies and the log. Hosts that speak MCP
 * themselves call a tool `mcp__SERVER__TOOL` in their hooks; the proxy does the same, so that one map
 * in the policy serves both.
 *
 * @module
 */

/**
 * A server's name. SECURITY: without `__` in it and `_` at its end a tool's full name has one
 * reading.
 */
export const mcpServerGrammar =
  /^(?!(?:constructor|prototype)$)(?!.*__)(?!.*_$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** A tool's name, or a method's: what the protocol recommends, and the slash that is common. */
export const mcpToolGrammar = /^(?!(?:constructor|prototype|__proto__)$)[A-Za-z0-9_./-]{1,128}$/;

/** A tool of a server. */
export function nameMcpTool(server: string, tool: string): string {
  return `mcp__${server}__${tool}`;
}

/** A method of a server that is no tool; no tool is called so. */
export function nameMcpMethod(server: string, method: string): string {
  return `mcp:${server}:${method}`;
}

/** The server in either name; null for other names. */
export function readMcpServer(name: string): string | null {
  const server = /^mcp:([^:]*):/.exec(name)?.[1] ?? /^mcp__(.+?)__/.exec(name)?.[1] ?? "";
  return mcpServerGrammar.test(server) ? server : null;
}

/** Whether it only asks a server which tools it has. */
export function isMcpListing(name: string): boolean {
  return name.endsWith(":tools/list") && name.startsWith("mcp:") && readMcpServer(name) !== null;
}
