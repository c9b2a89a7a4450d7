/**
 * Whether tools of an MCP server are still defined as they were: by the policy's word, or by the
 * log's, which remembers the first definition it let through. SPEC.md, "Tool definitions".
 *
 * @module
 */
import {
  pinDigits,
  roomForPins,
  type ToolPin,
  type ToolPinState,
} from "../audit/tool_pin_state.ts";
import { maxPinCharacters } from "../limits.ts";
import { nameMcpTool, readMcpServer } from "../operation/mcp_names.ts";
import type { Operation } from "../operation/operation.ts";
import { readDefinitions, type ToolDefinition } from "../operation/tool_definitions.ts";
import type { Policy } from "../policy/policy.ts";
import type { Finding } from "./decision.ts";

export interface MatchedDefinitions {
  readonly findings: readonly Finding[];
  /** Seen for the first time; what lets the operation through remembers them. */
  readonly fresh: readonly ToolPin[];
}

const none: MatchedDefinitions = { findings: [], fresh: [] };

/** Compares what the operation claims; nothing where it claims nothing. */
export function matchDefinitions(
  operation: Operation,
  { tools }: Pick<Policy, "tools">,
  state: ToolPinState,
): MatchedDefinitions {
  const definitions = readDefinitions(operation);
  if (definitions?.length === 0) return none;
  const name = operation.tool?.name ?? "";
  const server = readMcpServer(name);
  if (definitions === null || server === null) {
    return { findings: [changed(name, "nobody can read how its tools are defined")], fresh: [] };
  }
  const findings: Finding[] = [];
  const fresh: ToolPin[] = [];
  const room = roomForPins(state, server);
  let characters = 0;
  for (const { tool, sha256 } of definitions) {
    const fullName = nameMcpTool(server, tool);
    const fixed = tools.get(fullName)?.sha256 ?? null;
    const pinned = fixed ?? pinOf(state, server, tool);
    if (pinned === null) {
      if (fresh.length >= room) findings.push(changed(fullName, "too many tools to remember"));
      characters += tool.length + pinDigits + 8;
      // What has no room in this entry is remembered by the next.
      if (characters <= maxPinCharacters) fresh.push(pinFor(server, { tool, sha256 }));
    } else if (!sha256.startsWith(pinned)) {
      findings.push(changed(fullName, describeChange(sha256, pinned, fixed !== null)));
    }
  }
  return { findings, fresh: fresh.slice(0, room) };
}

function pinOf({ tool_pins: pins }: ToolPinState, server: string, tool: string): string | null {
  return pins.find((pin) => pin.server === server && pin.tool === tool)?.hash ?? null;
}

function pinFor(server: string, { tool, sha256 }: ToolDefinition): ToolPin {
  return { hash: sha256.slice(0, pinDigits), server, tool };
}

function describeChange(sha256: string, pinned: string, isFixed: boolean): string {
  const before = `${pinned.slice(0, 12)} ${isFixed ? "in the policy" : "when it was first seen"}`;
  return `its definition is now ${sha256.slice(0, 12)}, and was ${before}`;
}

function changed(resource: string, what: string): Finding {
  return {
    policy: "mcp.servers",
    code: "tool_changed",
    severity: "CRITICAL",
    message: `The tool ${JSON.stringify(resource)} is not the one that was trusted: ${what}`,
    effect: { verb: "call", resource },
    sourceKey: null,
    verdict: "deny",
    overridable: true,
  };
}
