/**
 * Which events of a host are wired, and with what.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import { encodeHookLine, type HookLine, type HostName } from "./hook_line.ts";
import type { WiredEvent } from "./host_wiring.ts";
import { hostWirings } from "./host_wirings.ts";

export function eventsOf(host: HostName): readonly WiredEvent[] {
  return hostWirings[host].events;
}

/** Whether some host asks by this event before a tool runs. */
export function isGateEvent(name: string): boolean {
  const events = Object.values(hostWirings).flatMap(({ events }) => events);
  return events.some(({ event, purpose }) => purpose === "gate" && event === name);
}

/** What the host takes in the list of an event. */
export function groupOf(event: WiredEvent, line: HookLine): JsonObject {
  return hostWirings[line.host].entryOf(event, encodeHookLine(line, event.purpose));
}
