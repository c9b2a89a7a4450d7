/**
 * The operation a judged event is about.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import type { Operation } from "../../core/operation/operation.ts";
import { parseOperation } from "../../core/operation/parse_operation.ts";
import type { ParsedHookEvent } from "./hook_event.ts";
import { planTool, type ToolContext, type ToolTable } from "./tool_table.ts";

/** Its working folder is always absolute, so that every install reads the same names alike. */
export function planHookOperation(
  event: ParsedHookEvent,
  table: ToolTable,
  context: ToolContext,
): Operation {
  if (event.tool === null) throw new EngineError("internal", "A judged event has no tool");
  const cwd = event.cwd ?? context.cwd;
  const draft = planTool(table, event.tool, { ...context, cwd });
  return parseOperation({
    cwd,
    ...draft,
    agent: { name: event.host, session: event.session },
    correlation_id: event.callId,
  });
}
