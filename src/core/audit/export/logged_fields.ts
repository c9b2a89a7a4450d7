/**
 * What most readers of an export look for in an entry, as text of its own.
 *
 * @module
 */
import type { Json, JsonObject } from "../../operation/operation.ts";
import type { Entry } from "../entry.ts";

/** Null where the entry has none. Texts are as long as the entry lets them be. */
export interface LoggedFields {
  readonly decision: string | null;
  readonly decisionId: string | null;
  /** Type of the operation. */
  readonly operation: string | null;
  /** The command, the tool, or the first file. */
  readonly target: string | null;
  /** Who asked; of a caller's event, who recorded it. */
  readonly principal: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  /** Sentence of an alarm, or why a decision was made. */
  readonly message: string | null;
  readonly files: readonly string[];
  /** Verbs of what it would do, those that change something first. */
  readonly verbs: readonly string[];
  readonly violated: readonly string[];
}

/** Total: what is missing or of another shape is null or empty. */
export function readLoggedFields({ type, details }: Entry): LoggedFields {
  const isDecision = type === "audit.decision";
  const operation = isDecision ? objectIn(details, "operation") : {};
  const files = textsIn(operation, "files");
  const isOwn = /^(?:audit|state)\./.test(type);
  return {
    decision: isDecision ? textIn(details, "decision") : null,
    decisionId: isDecision ? textIn(details, "id") : null,
    operation: textIn(operation, "type"),
    target: textIn(operation, "command") ?? textIn(operation, "tool") ?? files[0] ??
      (isOwn ? textIn(details, "path") : null),
    principal: textIn(details, isOwn ? "principal" : "recorded_by"),
    agent: textIn(operation, "agent"),
    session: isDecision ? textIn(operation, "session") : isOwn ? textIn(details, "session") : null,
    message: isOwn ? textIn(details, "message") ?? textIn(details, "reason") : null,
    files,
    verbs: isDecision ? textsIn(details, "effects").map(verbOf) : [],
    violated: isDecision ? textsIn(details, "violated") : [],
  };
}

function verbOf(effect: string): string {
  return effect.replace(/^\?/, "").split(" ", 1)[0] ?? "";
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as JsonObject : {};
}

function textIn(object: JsonObject, key: string): string | null {
  const value = object[key];
  return typeof value === "string" ? value : null;
}

function textsIn(object: JsonObject, key: string): readonly string[] {
  const value: Json | undefined = object[key];
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
