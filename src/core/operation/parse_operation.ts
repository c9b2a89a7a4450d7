/**
 * The only way in: unknown → Operation. Checks shape and spelling; what the operation would have
 * as effects is plan_effects.ts, whether it may is the decision's.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { EngineError, oneLine } from "../errors.ts";
import { maxFilesPerOperation, maxOperationBytes } from "../limits.ts";
import { parseStrictJson } from "../strict_json.ts";
import { copyPlainJson } from "./copy_plain_json.ts";
import { type Json, type JsonObject, type Operation, operationTypes } from "./operation.ts";
import { isJsonObject, parseLabel, parseObject, parseText, refuseUnknown } from "./parse_field.ts";
import { parsePath } from "./path.ts";
import { nameKind, refuseAt, refuseTooLarge, renderTrail, type Trail } from "./refuse_at.ts";

const wireFields = [
  "type",
  "affected_files",
  "metadata",
  "timestamp",
  "content",
  "diff",
  "command",
  "cwd",
  "tool",
  "agent",
  "correlation_id",
] as const;

/** Files a type cannot do without; types not listed need none. */
const minFiles: ReadonlyMap<string, number> = new Map([
  ["file_read", 1],
  ["file_write", 1],
  ["file_create", 1],
  ["file_delete", 1],
  ["file_rename", 2],
  ["file_copy", 2],
  ["file_link", 2],
  ["chmod", 1],
  ["chown", 1],
  ["code_modification", 1],
]);

/** What an operation type looks like on the wire. */
export const operationTypeGrammar = /^[a-z][a-z0-9_.:-]{0,63}$/;

/**
 * Parses one operation from UTF-8 JSON text.
 *
 * @throws {EngineError} `operation_too_large` - more than limits.maxOperationBytes in UTF-8;
 *   `operation_invalid` - as parseStrictJson and parseOperation.
 */
export function parseOperationText(text: string): Operation {
  // A text over the cap in UTF-16 units is over it in bytes too, and is not encoded first.
  const isTooLarge = text.length > maxOperationBytes ||
    new TextEncoder().encode(text).length > maxOperationBytes;
  if (isTooLarge) refuseTooLarge();
  return parseOperation(parseStrictJson(text));
}

/**
 * Parses one operation from JSON data, which is copied: later edits of `input` change nothing.
 * `null` and `undefined` mean absent. Types the engine does not know are kept.
 *
 * @throws {EngineError} `operation_invalid` - unknown field, wrong kind, missing part, path or
 *   label outside its grammar; `operation_too_large`.
 */
export function parseOperation(input: unknown): Operation {
  const copy = copyPlainJson(input);
  if (!isJsonObject(copy)) return refuseAt([], nameKind(copy), "an object");
  // SECURITY: a field nobody reads ("allowed": true) would be believed by the next reader.
  refuseUnknown(copy, wireFields);
  const operation: Operation = {
    type: parseType(copy["type"]),
    affectedFiles: parseFiles(copy["affected_files"]),
    metadata: parseObject(copy, "metadata") ?? {},
    timestamp: parseTimestamp(copy),
    content: parseText(copy, "content"),
    diff: parseText(copy, "diff"),
    command: parseText(copy, "command"),
    cwd: parseCwd(copy),
    tool: parseTool(copy),
    agent: parseAgent(copy),
    correlationId: parseLabel(copy, "correlation_id"),
  };
  requireParts(operation);
  return operation;
}

function requireParts(operation: Operation): void {
  const { type, affectedFiles, command, tool } = operation;
  const wanted = minFiles.get(type) ?? 0;
  // SECURITY: "no files" must never mean "nothing protected is touched".
  if (affectedFiles.length < wanted) {
    refuseAt(["affected_files"], `${affectedFiles.length} files`, `${wanted} or more for ${type}`);
  }
  if (type === "command" && (command === null || command.trim() === "")) {
    refuseAt(["command"], "no command", "the command line as one string");
  }
  if (type === "tool_call" && tool === null && affectedFiles.length === 0) {
    refuseAt(["tool"], "neither a tool nor files", "a tool's name");
  }
}

function parseType(value: Json | undefined): string {
  if (typeof value !== "string") return refuseAt(["type"], nameKind(value), "a string");
  if (operationTypeGrammar.test(value)) return value;
  const shown = oneLine(value, 80);
  const hint = `Closest type: "${closestString(shown, operationTypes)}"`;
  return refuseAt(["type"], `"${shown}"`, "a name like file_write", hint);
}

function parseFiles(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    return refuseAt(["affected_files"], nameKind(value), "a list of strings");
  }
  if (value.length > maxFilesPerOperation) {
    refuseAt(["affected_files"], `${value.length} files`, `at most ${maxFilesPerOperation}`);
  }
  return value.map((file, index) => parsePathAt(["affected_files", index], file));
}

function parseCwd(fields: JsonObject): string | null {
  const cwd = parseText(fields, "cwd");
  return cwd === null ? null : parsePathAt(["cwd"], cwd);
}

function parsePathAt(trail: Trail, value: Json): string {
  if (typeof value !== "string") return refuseAt(trail, nameKind(value), "a string");
  try {
    return parsePath(value);
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    const { code, message, hint } = thrown;
    throw new EngineError(code, `${message} (at ${renderTrail(trail)})`, {
      ...(hint === null ? {} : { hint }),
      cause: thrown,
    });
  }
}

function parseTool(fields: JsonObject): Operation["tool"] {
  const tool = parseObject(fields, "tool");
  if (tool === null) return null;
  refuseUnknown(tool, ["name", "input"], ["tool"]);
  const name = parseLabel(tool, "name", ["tool"]);
  if (name === null) return refuseAt(["tool", "name"], "nothing", "the tool's name");
  return { name, input: parseObject(tool, "input", ["tool"]) ?? {} };
}

function parseAgent(fields: JsonObject): Operation["agent"] {
  const agent = parseObject(fields, "agent");
  if (agent === null) return null;
  refuseUnknown(agent, ["name", "session"], ["agent"]);
  const name = parseLabel(agent, "name", ["agent"]);
  const session = parseLabel(agent, "session", ["agent"]);
  return name === null && session === null ? null : { name, session };
}

function parseTimestamp(fields: JsonObject): string | null {
  const timestamp = parseLabel(fields, "timestamp");
  if (timestamp === null) return null;
  const grammar = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.]\d{1,9})?)?(Z|[-+]\d\d:\d\d)$/;
  if (grammar.test(timestamp) && !Number.isNaN(Date.parse(timestamp))) return timestamp;
  const hint = 'For example "2026-11-22T18:00:00Z"';
  return refuseAt(["timestamp"], `"${timestamp}"`, "ISO 8601 with a zone", hint);
}
