/**
 * Reads what calls of tools would do, and what is claimed of tools' definitions. Brings along all
 * that takes: who judges operations without tools as well imports this file with `await import()`.
 *
 * @module
 */
import type { KnownTools } from "../operation/known_tool.ts";
import type { PlanTool } from "../operation/plan_effects.ts";
import { createToolPlanner } from "../operation/plan_tool.ts";
import { matchDefinitions } from "./match_definitions.ts";

export interface ToolReader {
  /** @param tools What the policy says of tools. */
  readonly createPlanner: (tools: KnownTools) => PlanTool;
  readonly matchDefinitions: typeof matchDefinitions;
}

export const toolReader: ToolReader = { createPlanner: createToolPlanner, matchDefinitions };
