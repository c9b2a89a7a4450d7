/**
 * `mcp` of a policy.
 *
 * @module
 */
import type { KnownTool } from "../operation/known_tool.ts";
import { nameMcpMethod, nameMcpTool } from "../operation/mcp_names.ts";
import type { mcpSection } from "./mcp_schema.ts";
import { PolicyError } from "./policy_error.ts";
import type { NodeValue } from "./schema_node.ts";

type RawMcp = NodeValue<typeof mcpSection>;

/**
 * Tools and methods by their full names, in file order.
 *
 * @throws {PolicyError} `policy_invalid` at the first that says nothing of what it does.
 */
export function compileMcp({ servers }: RawMcp): ReadonlyMap<string, KnownTool> {
  const known = new Map<string, KnownTool>();
  for (const [server, raw] of servers) {
    for (const part of ["tools", "methods"] as const) {
      const nameOf = part === "tools" ? nameMcpTool : nameMcpMethod;
      for (const [name, tool] of raw[part]) {
        // SECURITY: a tool without verbs would pass every pattern.
        if (tool.verbs.length === 0) throw withoutVerbs([server, part, name]);
        known.set(nameOf(server, name), tool);
      }
    }
  }
  return known;
}

function withoutVerbs(names: readonly string[]): PolicyError {
  return new PolicyError("policy_invalid", "Cannot use a tool without verbs", {
    path: ["mcp", "servers", ...names],
    isKey: true,
    hint: "say what it does, as verbs: [read]; [call] for one that touches no file",
  });
}
