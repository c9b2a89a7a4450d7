/**
 * What a call of a tool would do. Brings along all that reads a tool's input: callers on the road of
 * a one-shot import this file with `await import()`.
 *
 * @module
 */
import type { Effect, Verb } from "./effect.ts";
import type { Doubt } from "./effect_plan.ts";
import { inertTools } from "./inert_tools.ts";
import { type KnownTools, planKnownTool } from "./known_tool.ts";
import { isMcpListing } from "./mcp_names.ts";
import { findOtherPaths } from "./other_paths.ts";
import type { PlanTool } from "./plan_effects.ts";
import { findToolPaths } from "./tool_paths.ts";

/** @param tools What the policy says of tools. */
export function createToolPlanner(tools: KnownTools): PlanTool {
  return ({ name, input }) => {
    if (inertTools.has(name) || isMcpListing(name)) return { effects: [], doubts: [] };
    const known = tools.get(name);
    if (known !== undefined) return planKnownTool(known, input);
    // SECURITY: a tool nobody knows may write what it is given the name of.
    const paths = findToolPaths(input);
    const writes = paths.map((path): Effect => ({ ...onPath("write", path), unlessFolder: true }));
    const others = findOtherPaths(input).map((path): Effect => ({
      ...onPath("write", path),
      isPossible: true,
    }));
    return { effects: [...writes, ...others], doubts: [unknownTool] };
  };
}

const unknownTool: Doubt = { kind: "unverified", reason: "nobody knows what the tool does" };

function onPath(verb: Verb, resource: string): Effect {
  return { verb, resource, kind: "path" };
}
