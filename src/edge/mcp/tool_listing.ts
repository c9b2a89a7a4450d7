/**
 * What a server says its tools are.
 *
 * @module
 */
import { foldForMatching } from "../../core/operation/fold_for_matching.ts";
import type { Json, JsonObject } from "../../core/operation/operation.ts";
import { mcpToolGrammar } from "../../core/operation/mcp_names.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import { hashDefinition, type ToolDefinition } from "../../core/operation/tool_definitions.ts";
import { maxMcpTools } from "../../core/limits.ts";
import type { Sha256 } from "../../core/ports.ts";

/** One page of a list, or all of it. */
export interface ToolPage {
  readonly definitions: readonly ToolDefinition[];
  /** Where it goes on; null at the end. */
  readonly nextCursor: string | null;
}

/** Null for what is no list of tools, or names a tool twice: then there is nothing to compare. */
export function readToolPage(result: JsonObject | null, sha256: Sha256): ToolPage | null {
  const { tools = null, nextCursor = null, ...rest } = result ?? {};
  // SECURITY: some clients read `Tools` as `tools`.
  if (Object.keys(rest).some((key) => /^(?:tools|nextcursor)$/.test(foldForMatching(key)))) {
    return null;
  }
  if (!Array.isArray(tools) || tools.length > maxMcpTools) return null;
  if (nextCursor !== null && typeof nextCursor !== "string") return null;
  const definitions = tools.map((tool) => readTool(tool, sha256));
  if (!definitions.every((one) => one !== null)) return null;
  const names = new Set(definitions.map(({ tool }) => tool));
  return names.size === definitions.length ? { definitions, nextCursor } : null;
}

function readTool(tool: Json, sha256: Sha256): ToolDefinition | null {
  if (!isJsonObject(tool)) return null;
  const { name } = tool;
  if (typeof name !== "string" || !mcpToolGrammar.test(name)) return null;
  try {
    return { tool: name, sha256: hashDefinition(tool, sha256) };
  } catch {
    // A number no double holds has no one form.
    return null;
  }
}

/** The same answer without the tools that must not be seen. */
export function hideTools(result: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  const tools = result["tools"] ?? null;
  const shown = Array.isArray(tools)
    ? tools.filter((tool) => isJsonObject(tool) && !hidden.has(String(tool["name"])))
    : [];
  return { ...result, tools: shown };
}
