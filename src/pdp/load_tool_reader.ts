/**
 * What reads calls of tools, for who needs it.
 *
 * @module
 */
import type { ToolReader } from "../core/decision/tool_reader.ts";
import type { Operation } from "../core/operation/operation.ts";
import { needsTool } from "../core/operation/plan_effects.ts";

/** Loads it only when an operation has a tool; null where none has. */
export async function loadToolReader(
  operations: readonly Pick<Operation, "tool" | "metadata">[],
): Promise<ToolReader | null> {
  if (!operations.some(needsTool)) return null;
  return (await import("../core/decision/tool_reader.ts")).toolReader;
}
