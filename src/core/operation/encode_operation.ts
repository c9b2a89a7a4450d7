/**
 * Operation → wire form, the inverse of parse_operation.ts.
 *
 * @module
 */
import type { JsonObject, Operation } from "./operation.ts";

/** Encodes for digest, log and client: parseOperation of it equals `operation`; no field is null. */
export function encodeOperation(operation: Operation): JsonObject {
  const { agent, tool } = operation;
  return withoutNulls({
    type: operation.type,
    affected_files: operation.affectedFiles,
    metadata: operation.metadata,
    timestamp: operation.timestamp,
    content: operation.content,
    diff: operation.diff,
    command: operation.command,
    cwd: operation.cwd,
    tool: tool === null ? null : { name: tool.name, input: tool.input },
    agent: agent === null ? null : withoutNulls({ name: agent.name, session: agent.session }),
    correlation_id: operation.correlationId,
  });
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
