/**
 * The hooks part of a host's settings: read with places, and refused where it is not what hosts
 * take.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { isOwnCommand } from "./hook_line.ts";
import { type JsonNode, memberOf, parseJsonText } from "./json_text.ts";

/** One hook of this program in a settings text. */
export interface OwnHook {
  readonly event: string;
  readonly groupIndex: number;
  readonly hookIndex: number;
  readonly command: string;
}

/**
 * The settings' tree.
 *
 * @throws {EngineError} `settings_invalid` for no JSON, duplicate keys, comments, or another form
 *   of `hooks` than hosts take.
 */
export function parseSettings(text: string): JsonNode {
  const tree = parseJsonText(text);
  if (tree.kind !== "object") throw misshapen("the document is no object");
  const hooks = memberOf(tree, "hooks");
  if (hooks !== null && hooks.kind !== "object") throw misshapen('"hooks" is no object');
  for (const { key, value } of hooks?.children ?? []) {
    if (value.kind !== "array") throw misshapen(`"hooks.${key}" is no list`);
  }
  return tree;
}

/** The groups of an event; null when it is not named. */
export function groupsOf(tree: JsonNode, event: string): JsonNode | null {
  const hooks = memberOf(tree, "hooks");
  return hooks === null ? null : memberOf(hooks, event);
}

/** Every hook of this program, in the order of the text. */
export function findOwnHooks(text: string, tree: JsonNode): readonly OwnHook[] {
  const events = memberOf(tree, "hooks")?.children ?? [];
  return events.flatMap(({ key, value }) =>
    value.children.flatMap((group, groupIndex) =>
      hooksIn(group.value).flatMap((hook, hookIndex): OwnHook[] => {
        const command = commandOf(text, hook);
        if (command === null || !isOwnCommand(command)) return [];
        return [{ event: key ?? "", groupIndex, hookIndex, command }];
      })
    )
  );
}

/** The hooks of a group, or the one that stands there without a group. */
export function hooksIn(group: JsonNode): readonly JsonNode[] {
  const list = memberOf(group, "hooks");
  if (list !== null) return list.children.map(({ value }) => value);
  return memberOfCommand(group) === null ? [] : [group];
}

/** What some hosts call `command`, others call `bash`. */
function memberOfCommand(hook: JsonNode): JsonNode | null {
  return memberOf(hook, "command") ?? memberOf(hook, "bash");
}

function commandOf(text: string, hook: JsonNode): string | null {
  const command = memberOfCommand(hook);
  if (command === null) return null;
  const value: unknown = JSON.parse(text.slice(command.start, command.end));
  return typeof value === "string" ? value : null;
}

function misshapen(why: string): EngineError {
  return new EngineError("settings_invalid", `Cannot use the settings: ${why}`, {
    hint: "repair the file first: the host does not understand it either",
  });
}
