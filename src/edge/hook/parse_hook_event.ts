/**
 * Reads the JSON that Claude Code and Codex alike write to a hook's standard input. Fields nobody
 * uses are let through, since hosts add some with every release; those that are used are strict.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";
import {
  isJsonObject,
  parseLabel,
  parseObject,
  parseText,
} from "../../core/operation/parse_field.ts";
import { nameKind, refuseAt } from "../../core/operation/refuse_at.ts";
import { parseStrictJson } from "../../core/strict_json.ts";
import type { HookEventKind, HookHostName, ParsedHookEvent } from "./hook_event.ts";

const judgedEvents: ReadonlyMap<string, HookEventKind> = new Map([
  ["PreToolUse", "before"],
  ["PermissionRequest", "permission"],
]);

/** Events that may carry a tool, or a word of it, and come when nothing can be prevented any more. */
const observedEvents: ReadonlySet<string> = new Set([
  "ConfigChange",
  "Notification",
  "PermissionDenied",
  "PostCompact",
  "PostToolUse",
  "PostToolUseFailure",
  "PreCompact",
  "SessionEnd",
  "SessionStart",
  "Stop",
  "SubagentStart",
  "SubagentStop",
  "UserPromptSubmit",
]);

/**
 * Parses one event.
 *
 * @throws {EngineError} `operation_invalid` - not one strict JSON object, no event name, a used
 *   field of another kind, or a judged event without its tool call.
 */
export function parseHookEvent(text: string, host: HookHostName): ParsedHookEvent {
  return readHookEvent(parseEventFields(text), host);
}

/** The event's fields as sent; same errors. */
export function parseEventFields(text: string): JsonObject {
  const fields = parseStrictJson(text);
  return isJsonObject(fields) ? fields : refuseAt([], nameKind(fields), "an object");
}

/** The same for fields that are already under these names. */
export function readHookEvent(fields: JsonObject, host: HookHostName): ParsedHookEvent {
  const name = parseLabel(fields, "hook_event_name");
  if (name === null) return refuseAt(["hook_event_name"], "nothing", "the event's name");
  const kind = kindOf(name, fields);
  const isJudged = kind !== "observed";
  const labelOf = isJudged ? parseLabel : readLabel;
  return {
    host,
    kind,
    name,
    tool: isJudged ? parseTool(fields) : readTool(fields),
    cwd: isJudged ? parseCwd(fields) : readCwd(fields),
    session: labelOf(fields, "session_id"),
    callId: labelOf(fields, "tool_use_id"),
    fields,
  };
}

function kindOf(name: string, fields: JsonObject): HookEventKind {
  const known = judgedEvents.get(name);
  if (known !== undefined) return known;
  if (observedEvents.has(name)) return "observed";
  // SECURITY: a host's next event about a tool must not pass because its name is new.
  const hasTool = fields["tool_name"] !== undefined && fields["tool_input"] !== undefined;
  return hasTool ? "guarded" : "observed";
}

function parseTool(fields: JsonObject): ParsedHookEvent["tool"] {
  const name = parseLabel(fields, "tool_name");
  if (name === null) return refuseAt(["tool_name"], "nothing", "the tool's name");
  const input = parseObject(fields, "tool_input");
  return input === null ? refuseAt(["tool_input"], "nothing", "the tool's input") : { name, input };
}

/** After the fact nothing is refused: what cannot be read is left out. */
function readLabel(fields: JsonObject, key: string): string | null {
  const value = fields[key];
  return typeof value === "string" ? value : null;
}

function readTool(fields: JsonObject): ParsedHookEvent["tool"] {
  const { tool_name: name, tool_input: input } = fields;
  if (typeof name !== "string" || input === undefined || !isJsonObject(input)) return null;
  return { name, input };
}

function readCwd(fields: JsonObject): string | null {
  const cwd = readLabel(fields, "cwd");
  return cwd?.startsWith("/") === true ? cwd : null;
}

function parseCwd(fields: JsonObject): string | null {
  const cwd = parseText(fields, "cwd");
  return cwd === null || cwd.startsWith("/")
    ? cwd
    : refuseAt(["cwd"], `"${cwd}"`, "an absolute path");
}
