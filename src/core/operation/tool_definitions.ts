/**
 * How tools of an MCP server are defined at the moment, as an operation claims it in
 * `metadata.tool_definitions`: whoever asks has seen the server's list. Lines and no mapping, and
 * digits in groups: nothing here may look like a secret, or no decision could be made again.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import { encodeHex } from "@std/encoding/hex";
import type { Sha256 } from "../ports.ts";
import { mcpToolGrammar } from "./mcp_names.ts";
import type { Json, JsonObject, Operation } from "./operation.ts";
import { definitionsKey } from "./plan_effects.ts";

export interface ToolDefinition {
  readonly tool: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/**
 * Hashes a tool as a server lists it: name, texts, schemas, annotations, all of it, in the form of
 * RFC 8785.
 */
export function hashDefinition(definition: JsonObject, sha256: Sha256): string {
  return encodeHex(sha256(new TextEncoder().encode(canonicalize(definition))));
}

export function encodeDefinitions(definitions: readonly ToolDefinition[]): JsonObject {
  const lines = definitions.map(({ tool, sha256 }) =>
    `${(sha256.match(/.{8}/g) ?? []).join(":")} ${tool}`
  );
  return { [definitionsKey]: lines };
}

/** What an operation claims; empty where it claims nothing, null where nobody can read it. */
export function readDefinitions({ metadata }: Operation): readonly ToolDefinition[] | null {
  if (!Object.hasOwn(metadata, definitionsKey)) return [];
  const lines: Json = metadata[definitionsKey] ?? null;
  if (!Array.isArray(lines)) return null;
  const definitions = lines.map(readLine);
  return definitions.every((one) => one !== null) ? definitions : null;
}

function readLine(line: Json): ToolDefinition | null {
  const parts = /^((?:[0-9a-f]{8}:){7}[0-9a-f]{8}) (.+)$/.exec(String(line));
  const [, hash = "", tool = ""] = parts ?? [];
  return mcpToolGrammar.test(tool) ? { tool, sha256: hash.replaceAll(":", "") } : null;
}
