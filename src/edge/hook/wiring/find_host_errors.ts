/**
 * Faults of a settings file that make the host refuse it as a whole, our hooks included. They are
 * somebody else's, so install leaves them alone; but what is not read protects nothing.
 *
 * @module
 */
import type { HostName } from "./hook_line.ts";
import { hostWirings } from "./host_wirings.ts";
import { type JsonNode, memberOf } from "./json_text.ts";
import { parseSettings } from "./settings_text.ts";

/**
 * One line for each fault.
 *
 * @throws {EngineError} `settings_invalid`.
 */
export function findHostErrors(text: string, host: HostName): readonly string[] {
  const tree = parseSettings(text);
  const { onlyMembers, version } = hostWirings[host];
  const unknown = onlyMembers === undefined
    ? []
    : tree.children.filter(({ key }) => !onlyMembers.includes(key ?? ""));
  const events = memberOf(tree, "hooks")?.children ?? [];
  const misshapen = version === undefined ? isMisshapen : isNoHook;
  return [
    ...(version === undefined || isNumber(text, memberOf(tree, "version"), version)
      ? []
      : [`${host} refuses the whole file: its "version" is not ${version}`]),
    ...unknown.map(({ key }) => `${host} refuses the whole file: it does not know "${key}"`),
    ...events.flatMap(({ key, value }) =>
      value.children.some((group) => misshapen(text, group.value))
        ? [`${host} may skip the whole file: "hooks.${key}" has a group it does not take`]
        : []
    ),
  ];
}

function isMisshapen(text: string, group: JsonNode): boolean {
  const matcher = memberOf(group, "matcher");
  const hooks = memberOf(group, "hooks");
  if (hooks?.kind !== "array" || (matcher !== null && !isText(text, matcher))) return true;
  return hooks.children.some(({ value }) => {
    const type = memberOf(value, "type");
    return type === null || !isText(text, type);
  });
}

/** Where hooks stand in the list of an event themselves. */
function isNoHook(_text: string, { kind }: JsonNode): boolean {
  return kind !== "object";
}

function isNumber(text: string, node: JsonNode | null, wanted: number): boolean {
  return node !== null && text.slice(node.start, node.end) === String(wanted);
}

function isText(text: string, { kind, start }: JsonNode): boolean {
  return kind === "other" && text[start] === '"';
}
