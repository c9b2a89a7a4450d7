/**
 * What an operation would do, as far as it says. Every field that names a thing has its effect
 * whatever the type is: a diff names files, a tool is called, a command runs.
 *
 * @module
 */
import type { Effect, Verb } from "./effect.ts";
import type { Doubt, EffectPlan } from "./effect_plan.ts";
import { hostOf } from "./find_hosts.ts";
import { inertTools } from "./inert_tools.ts";
import { type KnownToolPlan, type KnownTools, planKnownTool } from "./known_tool.ts";
import { isMcpListing } from "./mcp_names.ts";
import type { Operation } from "./operation.ts";
import { parseChange } from "./parse_change.ts";
import type { CommandPlan } from "./shell/command_plan.ts";
import { findOtherPaths } from "./other_paths.ts";
import { findToolPaths } from "./tool_paths.ts";

/**
 * Plans a command line, with its working folder as written; `isKept` where the shell that reads it
 * reads the next one too. Null where no operation at hand has one: then the shell's parser is never
 * loaded.
 */
export type PlanCommand = (command: string, cwd: string | null, isKept: boolean) => CommandPlan;

/** Member of `metadata`: true where a host has one shell for all commands. */
export const keptShellKey = "kept_shell";

/** Whether effects can only be told by reading a command line. */
export function needsShell({ command }: Operation): boolean {
  return command !== null;
}

/** Verbs on each file, for types whose files are all alike. */
const verbsByType: ReadonlyMap<string, readonly Verb[]> = new Map([
  ["file_read", ["read"]],
  ["file_write", ["write"]],
  ["file_create", ["create"]],
  ["file_delete", ["delete"]],
  ["chmod", ["chmod"]],
  ["chown", ["chown"]],
  ["code_modification", ["write"]],
  ["command", ["write"]],
  ["tool_call", ["write"]],
  // A download lands in the file: the worse reading of "network with files".
  ["network", ["write"]],
]);

/** Verb on each source of a two-path type; the target is created. */
const sourceVerbByType: ReadonlyMap<string, Verb> = new Map([
  ["file_rename", "delete"],
  ["file_copy", "read"],
  ["file_link", "link"],
]);

/**
 * Plans the effects of an operation. Total.
 *
 * @param custom Names under `operations.custom`; a name of operationTypes keeps its own meaning.
 * @param tools What the policy says of tools.
 */
export function planEffects(
  operation: Operation,
  custom: ReadonlyMap<string, readonly Verb[]>,
  planCommand: PlanCommand | null = null,
  tools: KnownTools = noTools,
): EffectPlan {
  const { type, diff, tool, command, cwd, metadata } = operation;
  const isKept = metadata[keptShellKey] === true;
  const effects = planFiles(operation, custom);
  const doubts: Doubt[] = [];
  const commandPlan = command === null ? null : planCommand?.(command, cwd, isKept) ?? unplanned;
  if (commandPlan !== null) effects.push(onTool("execute", "shell"), ...commandPlan.effects);
  if (type === "tool_call" || tool !== null) {
    const toolPlan = planTool(tool, tools);
    effects.push(...toolPlan.effects);
    doubts.push(...toolPlan.doubts);
  }
  if (type === "network") effects.push(...planHosts(operation));
  const parsed = diff === null ? null : parseChange(diff);
  if (diff !== null && parsed === null) doubts.push(unreadableDiff);
  for (const { verb, path } of parsed?.effects ?? []) effects.push(onPath(verb, path));
  return {
    effects: distinct(effects),
    isTypeKnown: verbsByType.has(type) || sourceVerbByType.has(type) || custom.has(type),
    doubts: [...doubts, ...commandPlan?.doubts ?? []],
    calls: commandPlan?.calls ?? [],
  };
}

const unplanned: CommandPlan = {
  effects: [],
  doubts: [{ kind: "unverified", reason: "nobody read the command" }],
  calls: [],
};
const unknownTool: Doubt = { kind: "unverified", reason: "nobody knows what the tool does" };
const unreadableDiff: Doubt = { kind: "unverified", reason: "the diff cannot be read whole" };

function planTool(tool: Operation["tool"], tools: KnownTools): KnownToolPlan {
  if (tool === null) return { effects: [], doubts: [unknownTool] };
  const { name, input } = tool;
  const call = onTool("call", name);
  if (inertTools.has(name) || isMcpListing(name)) return { effects: [call], doubts: [] };
  const known = tools.get(name);
  if (known !== undefined) {
    const { effects, doubts } = planKnownTool(known, input);
    return { effects: [call, ...effects], doubts };
  }
  // SECURITY: a tool nobody knows may write what it is given the name of.
  const paths = findToolPaths(input);
  const writes = paths.map((path): Effect => ({ ...onPath("write", path), unlessFolder: true }));
  const others = findOtherPaths(input).map((path): Effect => ({
    ...onPath("write", path),
    isPossible: true,
  }));
  return { effects: [call, ...writes, ...others], doubts: [unknownTool] };
}

const noTools: KnownTools = new Map();

function planFiles(
  { type, affectedFiles }: Operation,
  custom: ReadonlyMap<string, readonly Verb[]>,
): Effect[] {
  const sourceVerb = sourceVerbByType.get(type);
  if (sourceVerb !== undefined) return planTwoPaths(affectedFiles, sourceVerb);
  // An unknown type writes: its protected files are then named beside the refusal.
  const verbs = verbsByType.get(type) ?? custom.get(type) ?? ["write"];
  // A custom type may work on no file; its verbs still meet `protected.operations`.
  if (affectedFiles.length === 0 && custom.has(type)) return verbs.map((verb) => onTool(verb, "*"));
  return affectedFiles.flatMap((file) => verbs.map((verb) => onPath(verb, file)));
}

function planTwoPaths(files: readonly string[], sourceVerb: Verb): Effect[] {
  const sources = files.slice(0, -1);
  const target = files.at(-1) ?? "";
  const effects = sources.map((source) => onPath(sourceVerb, source));
  effects.push(onPath("create", target));
  // With several sources, or a slash at its end, the target is the folder they land in.
  if (sources.length === 1 && !target.endsWith("/")) return effects;
  for (const source of sources) {
    const name = source.split("/").findLast((part) => part !== "") ?? "";
    effects.push(onPath("create", `${target.replace(/\/+$/, "")}/${name}`));
  }
  return effects;
}

function planHosts({ metadata }: Operation): readonly Effect[] {
  const named = [hostOf(metadata["url"]), hostOf(metadata["host"], "http://")];
  const hosts = named.filter((host) => host !== null);
  return (hosts.length > 0 ? hosts : ["*"]).map((host) => {
    return { verb: "connect", resource: host, kind: "host" };
  });
}

function onPath(verb: Verb, resource: string): Effect {
  return { verb, resource, kind: "path" };
}

function onTool(verb: Verb, resource: string): Effect {
  return { verb, resource, kind: "tool" };
}

function distinct(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Map<string, Effect>();
  for (const effect of effects) {
    const { kind, verb, resource, isPossible } = effect;
    const key = `${kind}\0${verb}\0${isPossible === true}\0${resource}`;
    if (!seen.has(key)) seen.set(key, effect);
  }
  return [...seen.values()];
}
