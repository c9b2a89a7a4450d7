/**
 * An entry in the list of an event, for hosts that put a group around hooks.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { hookTimeoutSeconds } from "./hook_timeout.ts";
import type { WiredEvent } from "./host_wiring.ts";

/** The group that Claude Code and Codex both take; its timeout is in seconds. */
export function groupedEntry({ matcher }: WiredEvent, command: string): JsonObject {
  return {
    ...(matcher === null ? {} : { matcher }),
    hooks: [{ type: "command", command, timeout: hookTimeoutSeconds }],
  };
}
