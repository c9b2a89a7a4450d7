/**
 * What of a host's settings is not as install writes it: the drift, reason by reason.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import { type HookLine, parseHookLine } from "./hook_line.ts";
import { type JsonNode, memberOf } from "./json_text.ts";
import { managedOnlyKey, type Wiring } from "./edit_settings.ts";
import { findOwnHooks, groupsOf, hooksIn, type OwnHook, parseSettings } from "./settings_text.ts";
import type { WiredEvent } from "./host_wiring.ts";
import { eventsOf, groupOf, isGateEvent } from "./wired_event.ts";

/** What a settings text says of this program's hooks. */
export interface FoundWiring {
  /** Null when no hook of this program is in it. */
  readonly gate: string | null;
  /** What the gate says; null when it is not as install writes it. */
  readonly line: HookLine | null;
  readonly isInstalled: boolean;
}

/** Reads what is wired. @throws {EngineError} `settings_invalid`. */
export function findWiring(text: string): FoundWiring {
  if (text.trim() === "") return { gate: null, line: null, isInstalled: false };
  const own = findOwnHooks(text, parseSettings(text));
  const gate = own.find(({ event }) => isGateEvent(event))?.command ?? null;
  const line = gate === null ? null : parseHookLine(gate, "gate");
  return { gate, line, isInstalled: own.length > 0 };
}

/**
 * Differences from what install writes for `wiring`; empty when there is none.
 *
 * @throws {EngineError} `settings_invalid`.
 */
export function compareSettings(text: string, wiring: Wiring): readonly string[] {
  const tree = parseSettings(text);
  const own = findOwnHooks(text, tree);
  const events = eventsOf(wiring.line.host);
  const reasons = events.flatMap((event) => compareEvent(text, tree, { event, own, wiring }));
  for (const { event } of own) {
    if (!events.some((each) => each.event === event)) reasons.push(`${event}: wired, not wanted`);
  }
  if (wiring.isManagedOnly && !isTrue(text, tree, managedOnlyKey)) {
    reasons.push(`${managedOnlyKey} is not true: other hooks may be added`);
  }
  return reasons;
}

interface Comparison {
  readonly event: WiredEvent;
  readonly own: readonly OwnHook[];
  readonly wiring: Wiring;
}

function compareEvent(text: string, tree: JsonNode, given: Comparison): string[] {
  const { event, wiring } = given;
  const own = given.own.filter((each) => each.event === event.event);
  const [first] = own;
  if (first === undefined) return [`${event.event}: not wired`];
  if (own.length > 1) return [`${event.event}: wired ${own.length} times`];
  const group = groupsOf(tree, event.event)?.children[first.groupIndex]?.value;
  if (group === undefined) return [`${event.event}: not wired`];
  const wanted = groupOf(event, wiring.line);
  const written: unknown = JSON.parse(text.slice(group.start, group.end));
  // The order of members says nothing to a host.
  if (canonicalize(written) === canonicalize(wanted)) return [];
  return [`${event.event}: ${explain(first.command, given, hooksIn(group).length)}`];
}

function explain(command: string, { event, wiring }: Comparison, count: number): string {
  const line = parseHookLine(command, event.purpose);
  if (line === null) return "the command line is not one this version writes";
  if (line.program !== wiring.line.program) return `it starts ${line.program}`;
  if (line.root !== wiring.line.root) {
    return `it speaks of the root ${line.root ?? "of the caller"}`;
  }
  if (line.host !== wiring.line.host) return `it speaks to ${line.host}`;
  if (line.server !== wiring.line.server) return `it asks the server ${line.server ?? "none"}`;
  if (line.tokenFile !== wiring.line.tokenFile || line.serverKey !== wiring.line.serverKey) {
    return "it proves the server by another token or key";
  }
  if (line.onUnenrolled !== wiring.line.onUnenrolled) {
    return `--on-unenrolled is ${line.onUnenrolled ?? "not given"}`;
  }
  if (count > 1) return "another hook was put into its group";
  return "matcher, type, timeout or another member was changed";
}

/** Whether the settings switch every hook off. */
export function hasHooksDisabled(text: string): boolean {
  return text.trim() !== "" && isTrue(text, parseSettings(text), "disableAllHooks");
}

/** Whether the settings let only managed hooks run. */
export function isManagedOnly(text: string): boolean {
  return text.trim() !== "" && isTrue(text, parseSettings(text), managedOnlyKey);
}

function isTrue(text: string, tree: JsonNode, key: string): boolean {
  const value = memberOf(tree, key);
  return value !== null && text.slice(value.start, value.end) === "true";
}
