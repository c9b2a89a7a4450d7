/**
 * Puts this program's hooks into a host's settings and takes them out again; nothing else changes
 * by a byte.
 *
 * @module
 */
import type { HookLine, HostName } from "./hook_line.ts";
import { hostWirings } from "./host_wirings.ts";
import { appendChild, type JsonNode, memberOf, removeChild } from "./json_text.ts";
import { findOwnHooks, groupsOf, hooksIn, parseSettings } from "./settings_text.ts";
import { eventsOf, groupOf } from "./wired_event.ts";

/** What install writes. */
export interface Wiring {
  readonly line: HookLine;
  /** Claude Code's managed settings: no other hooks than the managed ones run. */
  readonly isManagedOnly: boolean;
}

export const managedOnlyKey = "allowManagedHooksOnly";

/** A copy of the file kept before it was changed. */
export interface Backup {
  readonly path: string;
  readonly text: string;
}

/** What uninstall makes of a file. */
export interface Removal {
  /** Null: there was no file before install. */
  readonly text: string | null;
  /** The backup whose bytes these are. */
  readonly restored: Backup | null;
}

/**
 * The settings with the wiring in them, older hooks of this program replaced.
 *
 * @param text Null when there is no file; blank is as good as empty.
 * @throws {EngineError} `settings_invalid`.
 */
export function wireSettings(text: string | null, wiring: Wiring): string {
  const isBlank = text === null || text.trim() === "";
  let result = isBlank ? "{}\n" : removeOwnHooks(text);
  result = addVersion(result, wiring.line.host);
  if (wiring.isManagedOnly) result = setManagedOnly(result);
  for (const event of eventsOf(wiring.line.host)) {
    result = appendGroup(result, event.event, groupOf(event, wiring.line));
  }
  return result;
}

function appendGroup(text: string, event: string, group: unknown): string {
  const tree = parseSettings(text);
  const hooks = memberOf(tree, "hooks");
  if (hooks === null) {
    return appendChild(text, tree, { key: "hooks", value: { [event]: [group] } });
  }
  const groups = groupsOf(tree, event);
  return groups === null
    ? appendChild(text, hooks, { key: event, value: [group] })
    : appendChild(text, groups, { value: group });
}

/** One that is there stays: whoever wrote another one knows why, and status says what comes of it. */
function addVersion(text: string, host: HostName): string {
  const { version } = hostWirings[host];
  const tree = parseSettings(text);
  return version === undefined || memberOf(tree, "version") !== null
    ? text
    : appendChild(text, tree, { key: "version", value: version });
}

function setManagedOnly(text: string): string {
  const tree = parseSettings(text);
  const now = memberOf(tree, managedOnlyKey);
  if (now === null) return appendChild(text, tree, { key: managedOnlyKey, value: true });
  return `${text.slice(0, now.start)}true${text.slice(now.end)}`;
}

/**
 * The settings without any hook of this program; lists and objects that held nothing else go too.
 *
 * @throws {EngineError} `settings_invalid`.
 */
export function removeOwnHooks(text: string): string {
  let result = text;
  for (;;) {
    const tree = parseSettings(result);
    const own = findOwnHooks(result, tree).at(-1);
    if (own === undefined) return result;
    result = removeChild(result, ...emptied(tree, own));
  }
}

/** The outermost thing that would be left empty, as its container and its place in there. */
function emptied(
  tree: JsonNode,
  own: { readonly event: string; readonly groupIndex: number; readonly hookIndex: number },
): readonly [JsonNode, number] {
  const hooks = memberOf(tree, "hooks") ?? tree;
  const groups = memberOf(hooks, own.event) ?? tree;
  const group = groups.children[own.groupIndex]?.value ?? tree;
  const list = memberOf(group, "hooks") ?? tree;
  if (hooksIn(group).length > 1) return [list, own.hookIndex];
  if (groups.children.length > 1) return [groups, own.groupIndex];
  if (hooks.children.length > 1) return [hooks, indexOf(hooks, own.event)];
  return [tree, indexOf(tree, "hooks")];
}

function indexOf(node: JsonNode, key: string): number {
  return node.children.findIndex((child) => child.key === key);
}

/**
 * The settings as they were before install, byte by byte where that can be known: a backup counts
 * only when wiring it gives exactly the file of now.
 *
 * @param backups Newest first.
 * @throws {EngineError} `settings_invalid`.
 */
export function unwireSettings(
  text: string,
  wiring: Wiring | null,
  backups: readonly Backup[],
): Removal {
  if (wiring !== null) {
    const restored = backups.find((backup) => isBefore(backup.text, text, wiring)) ?? null;
    if (restored !== null) return { text: restored.text, restored };
    if (wireSettings(null, wiring) === text) return { text: null, restored: null };
  }
  return { text: removeOwnHooks(text), restored: null };
}

// SECURITY: a backup may have been planted; what wires to the very file of now cannot say more.
function isBefore(before: string, now: string, wiring: Wiring): boolean {
  try {
    const isFree = before.trim() === "" || removeOwnHooks(before) === before;
    return isFree && wireSettings(before, wiring) === now;
  } catch {
    return false;
  }
}
