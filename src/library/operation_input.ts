/**
 * The guide's Operation in camelCase, and its way into the engine.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import type { Operation as ParsedOperation } from "../core/operation/operation.ts";
import { operationTypeGrammar, parseOperation } from "../core/operation/parse_operation.ts";

/** An operation subject to policy enforcement. Everything but `type` may be left out. */
export interface Operation {
  /** e.g. `file_write`; a name that is no operation type is read as the name of a tool. */
  readonly type: string;
  readonly affectedFiles?: readonly (string | URL)[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly timestamp?: Date | string;
  readonly content?: string;
  readonly diff?: string;
  readonly command?: string;
  readonly cwd?: string;
  readonly tool?: { readonly name: string; readonly input?: Readonly<Record<string, unknown>> };
  readonly agent?: { readonly name?: string; readonly session?: string };
  readonly correlationId?: string;
}

// One field each; anything else a caller passes is a mistake that must not be dropped silently.
const wireNames: Readonly<Record<keyof Operation, string>> = {
  type: "type",
  affectedFiles: "affected_files",
  metadata: "metadata",
  timestamp: "timestamp",
  content: "content",
  diff: "diff",
  command: "command",
  cwd: "cwd",
  tool: "tool",
  agent: "agent",
  correlationId: "correlation_id",
};

/**
 * Parses a caller's operation as strictly as one from the wire.
 *
 * @throws {EngineError} `operation_invalid`, `operation_too_large`.
 */
export function parseOperationInput(input: Operation): ParsedOperation {
  const wire: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(wireNames, name)) {
      throw new EngineError("operation_invalid", `Operation has an unknown field "${name}"`, {
        hint: `fields are ${Object.keys(wireNames).join(", ")}`,
      });
    }
    wire[wireNames[name as keyof Operation]] = toWire(name, value);
  }
  return parseOperation(readToolName(wire));
}

/** Tool names as MCP servers and agents have them, e.g. `Read`, `mcp__server__tool`. */
const toolNameGrammar = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;

/** The guide's MCP server passes a tool's own name as the type, in whatever letters it has. */
function readToolName(wire: Record<string, unknown>): Record<string, unknown> {
  const { type } = wire;
  if (typeof type !== "string" || operationTypeGrammar.test(type) || "tool" in wire) return wire;
  if (!toolNameGrammar.test(type)) return wire;
  return { ...wire, type: "tool_call", tool: { name: type, input: {} } };
}

function toWire(name: string, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (name === "affectedFiles" && Array.isArray(value)) return value.map(pathOf);
  if (name === "tool" && typeof value === "object" && value !== null) {
    return { input: {}, ...value };
  }
  return value;
}

function pathOf(file: unknown): unknown {
  if (!(file instanceof URL)) return file;
  if (file.protocol === "file:") return decodeURIComponent(file.pathname);
  throw new EngineError("operation_invalid", `Cannot use ${file.protocol} as a file: wanted file:`);
}
