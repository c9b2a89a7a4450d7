/**
 * Tools of a host as data: which fields each has, and the operation they make.
 *
 * @module
 */
import type { Json, JsonObject } from "../../core/operation/operation.ts";

/** What a field holds; `false` accepts nothing else: true is then a field nobody knows. */
export type FieldKind = "string" | "number" | "boolean" | "list" | "false" | "text_or_list";

/** An operation in wire form, without who asks and where. */
export type Draft = JsonObject & { readonly type: string };

/** What a tool may look at while it is turned into an operation. */
export interface ToolContext {
  /** Absolute. */
  readonly cwd: string;
  /** Text of a plain file of at most that size in UTF-8; null for anything else. */
  readonly readText: (path: string, limitBytes: number) => string | null;
}

export interface ToolRule {
  readonly required: Readonly<Record<string, FieldKind>>;
  readonly optional?: Readonly<Record<string, FieldKind>>;
  /** Null when the fields, each of its kind, still do not make sense together. */
  readonly plan: (input: JsonObject, context: ToolContext) => Draft | null;
}

export type ToolTable = ReadonlyMap<string, ToolRule>;

/**
 * Turns a tool call into an operation. A tool nobody knows, or one whose fields are not as known,
 * stays a tool call, which is unverified.
 */
export function planTool(
  table: ToolTable,
  tool: { readonly name: string; readonly input: JsonObject },
  context: ToolContext,
): Draft {
  const unknownTool: Draft = { type: "tool_call", tool: { name: tool.name, input: tool.input } };
  const rule = table.get(tool.name);
  if (rule === undefined || !hasAll(rule.required, tool.input)) return unknownTool;
  const draft = rule.plan(tool.input, context);
  if (draft === null) return unknownTool;
  const unknownFields = fieldsBeyond(rule, tool.input);
  // SECURITY: a field nobody knows may change what the tool does. What is known of it still counts.
  return Object.keys(unknownFields).length === 0
    ? draft
    : { ...draft, tool: { name: tool.name, input: unknownFields } };
}

function hasAll(required: ToolRule["required"], input: JsonObject): boolean {
  return Object.entries(required).every(([key, kind]) => isOfKind(input[key], kind));
}

function fieldsBeyond({ required, optional = {} }: ToolRule, input: JsonObject): JsonObject {
  const known = { ...required, ...optional };
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => {
      const kind = Object.hasOwn(known, key) ? known[key] : undefined;
      return kind === undefined || !(value === null || isOfKind(value, kind));
    }),
  );
}

function isOfKind(value: Json | undefined, kind: FieldKind): boolean {
  const actual: string = typeof value;
  switch (kind) {
    case "false":
      return value === false;
    case "list":
      return Array.isArray(value);
    case "text_or_list":
      return actual === "string" || Array.isArray(value);
    default:
      return actual === kind;
  }
}

/** Text of a field that is known to be one. */
export function textOf(input: JsonObject, key: string): string {
  const value = input[key];
  return typeof value === "string" ? value : "";
}

/** Absolute, joined to the working folder as written. */
export function joinTo(cwd: string, path: string): string {
  return path.startsWith("/") ? path : `${cwd === "/" ? "" : cwd}/${path}`;
}
