/**
 * What an event that comes after the fact is to the engine.
 *
 * @module
 */
import type { Outcome, Settlement } from "../../core/audit/outcome.ts";
import { parseOutcome, parseSettlement } from "../../core/audit/parse_outcome.ts";
import { EngineError } from "../../core/errors.ts";
import type { Operation } from "../../core/operation/operation.ts";
import type { ParsedHookEvent } from "./hook_event.ts";
import type { HookHost } from "./hook_host.ts";
import type { ToolContext } from "./tool_table.ts";

export interface Observation {
  /** What came of one tool call. */
  readonly outcome: Outcome | null;
  /** Nothing more will be heard of a session's tool calls. */
  readonly settlement: Settlement | null;
  /** How far to look at protected files. */
  readonly reach: "near" | "whole";
  /** The operation as it was judged; null when the event is about none, or nobody can tell. */
  readonly operation: Operation | null;
  /** Absolute. */
  readonly cwd: string | null;
}

/**
 * Null for events that say nothing to the engine.
 *
 * @throws {EngineError} `operation_invalid` for names no log takes.
 */
export function planObservation(
  host: HookHost,
  event: ParsedHookEvent,
  context: ToolContext,
): Observation | null {
  const quiet = { outcome: null, settlement: null, operation: null, cwd: event.cwd };
  switch (event.name) {
    case "PostToolUse":
    case "PostToolUseFailure": {
      const operation = findOperation(host, event, context);
      return { ...quiet, outcome: readOutcome(event), operation, reach: "near" };
    }
    case "SessionStart":
      // A session that is resumed was cut short before; one that is compacted goes on meanwhile.
      return event.fields["source"] === "compact"
        ? { ...quiet, reach: "whole" }
        : { ...quiet, settlement: settle(event, "session_start"), reach: "whole" };
    case "SessionEnd":
      return { ...quiet, settlement: settle(event, "session_end"), reach: "whole" };
    case "Stop":
      // The end of a turn, not of a session: tools in the background and agents beside this one
      // may still be at work, and would be alarms that come to nothing. So a turn settles only
      // where the host never says that a session has ended.
      return host.endsSessions
        ? { ...quiet, reach: "near" }
        : { ...quiet, settlement: settle(event, "stop"), reach: "whole" };
    default:
      return null;
  }
}

/** Null without the call's id: then its decision waits for nothing either. */
function readOutcome({ name, callId, session, tool }: ParsedHookEvent): Outcome | null {
  if (callId === null) return null;
  return parseOutcome({
    correlation_id: callId,
    session,
    tool: tool?.name ?? null,
    status: name === "PostToolUse" ? "done" : "failed",
  });
}

/** Only its places count: nothing is read for it. */
function findOperation(
  host: HookHost,
  event: ParsedHookEvent,
  { cwd }: ToolContext,
): Operation | null {
  if (event.tool === null) return null;
  try {
    return host.plan(event, { cwd, readText: () => null });
  } catch (error) {
    // It was refused before as well, and denied.
    if (error instanceof EngineError) return null;
    throw error;
  }
}

/** Null when the session is no name: another's, or nobody's, must not be settled instead. */
function settle({ session, fields }: ParsedHookEvent, reason: string): Settlement | null {
  if (session === null && fields["session_id"] !== undefined) return null;
  // A turn's end and a session that goes on leave what was denied denied.
  return parseSettlement({ session, reason, ended: reason === "session_end" });
}
