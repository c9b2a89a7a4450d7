/**
 * Which events of a host are wired, and with what.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { encodeHookLine, type HookLine, type HostName, type LinePurpose } from "./hook_line.ts";

/** One event to wire. */
export interface WiredEvent {
  readonly event: string;
  readonly purpose: LinePurpose;
  /** Null where the event has no tools to choose among, or where none means all of them. */
  readonly matcher: string | null;
}

/** Far above the hook's own deadline, far below the hosts' ten minutes. */
export const hookTimeoutSeconds = 30;

/** The event a canary is sent as. */
export const gateEvent = "PreToolUse";

/**
 * PermissionRequest is left out: PreToolUse has decided before any question is asked, and Claude
 * Code does not honour a status of 2 there. For Codex no matcher means every tool.
 *
 * SECURITY: only events that every version knows. Versions of Claude Code skip a settings file as
 * a whole, this gate with it, over one event's name that is new to them.
 */
const wiredEvents: Readonly<Record<HostName, readonly WiredEvent[]>> = {
  "claude-code": [
    { event: gateEvent, purpose: "gate", matcher: "*" },
    { event: "PostToolUse", purpose: "record", matcher: "*" },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "Stop", purpose: "record", matcher: null },
    { event: "SessionEnd", purpose: "record", matcher: null },
  ],
  "codex": [
    { event: gateEvent, purpose: "gate", matcher: null },
    { event: "PostToolUse", purpose: "record", matcher: null },
    { event: "SessionStart", purpose: "record", matcher: null },
    { event: "Stop", purpose: "record", matcher: null },
  ],
};

export function eventsOf(host: HostName): readonly WiredEvent[] {
  return wiredEvents[host];
}

/** The group both hosts take in the list of an event. */
export function groupOf({ purpose, matcher }: WiredEvent, line: HookLine): JsonObject {
  const command = encodeHookLine(line, purpose);
  return {
    ...(matcher === null ? {} : { matcher }),
    hooks: [{ type: "command", command, timeout: hookTimeoutSeconds }],
  };
}
