/**
 * An operation as its entry names it. Where that is all of it, nothing else is kept of it.
 *
 * @module
 */
import type { JsonObject, Operation } from "../operation/operation.ts";
import { cutText } from "./cut_text.ts";

/** Files an entry names; it counts the rest. */
const maxLoggedFiles = 12;
/** Bytes of each. */
const maxFileBytes = 140;

/** No content, diff, tool input or metadata: SPEC.md, section 8. */
export function summariseOperation(operation: Operation): JsonObject {
  const { affectedFiles: files, command, cwd, tool, agent, correlationId } = operation;
  return {
    type: operation.type,
    files: files.slice(0, maxLoggedFiles).map((file) => cutText(file, maxFileBytes)),
    ...(files.length > maxLoggedFiles ? { files_total: files.length } : {}),
    ...(command === null ? {} : { command: cutText(command) }),
    ...(cwd === null ? {} : { cwd: cutText(cwd) }),
    ...(tool === null ? {} : { tool: cutText(tool.name) }),
    ...(typeof agent?.name === "string" ? { agent: cutText(agent.name) } : {}),
    ...(typeof agent?.session === "string" ? { session: cutText(agent.session) } : {}),
    ...(correlationId === null ? {} : { correlation_id: cutText(correlationId) }),
  };
}

/** Whether the summary shows everything of the operation that a decision depends on. */
export function isWholeSummary(operation: Operation, summary: JsonObject): boolean {
  const { affectedFiles: files, command, cwd, tool, content, diff, metadata } = operation;
  const shown = summary["files"];
  return content === null && diff === null && isEmpty(metadata) && isEmpty(tool?.input ?? {}) &&
    Array.isArray(shown) && files.length === shown.length &&
    files.every((file, index) => file === shown[index]) &&
    (summary["command"] ?? null) === command && (summary["cwd"] ?? null) === cwd &&
    (summary["tool"] ?? null) === (tool?.name ?? null);
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
