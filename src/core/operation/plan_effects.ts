/**
 * What an operation would do, as far as it says. Every field that names a thing has its effect
 * whatever the type is: a diff names files, a tool is called, a command runs.
 *
 * @module
 */
import type { Effect, Verb } from "./effect.ts";
import type { Doubt, EffectPlan } from "./effect_plan.ts";
import { hostOf } from "./find_hosts.ts";
import type { KnownToolPlan } from "./known_tool.ts";
import type { Operation } from "./operation.ts";
import { parseChange } from "./parse_change.ts";
import type { CommandPlan } from "./shell/command_plan.ts";

/**
 * Plans a command line, with its working folder as written; `isKept` where the shell that reads it
 * reads the next one too. Null where no operation at hand has one: then the shell's parser is never
 * loaded.
 */
export type PlanCommand = (command: string, cwd: string | null, isKept: boolean) => CommandPlan;

/**
 * Plans what a tool does besides being called. Null where no operation at hand has one: then what
 * reads its input is never loaded.
 */
export type PlanTool = (tool: NonNullable<Operation["tool"]>) => KnownToolPlan;

/** Member of `metadata`: true where a host has one shell for all commands. */
export const keptShellKey = "kept_shell";

/** Whether effects can only be told by reading a command line. */
export function needsShell({ command }: Operation): boolean {
  return command !== null;
}

/** Member of `metadata` that claims how tools are defined; see tool_definitions.ts. */
export const definitionsKey = "tool_definitions";

/** Whether it can only be judged by reading the input of a tool, or how tools are defined. */
export function needsTool({ tool, metadata }: Pick<Operation, "tool" | "metadata">): boolean {
  return tool !== null || Object.hasOwn(metadata, definitionsKey);
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
 */
export function planEffects(
  operation: Operation,
  custom: ReadonlyMap<string, readonly Verb[]>,
  planCommand: PlanCommand | null = null,
  planTool: PlanTool | null = null,
): EffectPlan {
  const { type, diff, tool, command, cwd, metadata } = operation;
  const isKept = metadata[keptShellKey] === true;
  const effects = planFiles(operation, custom);
  const doubts: Doubt[] = [];
  const commandPlan = command === null ? null : planCommand?.(command, cwd, isKept) ?? unplanned;
  if (commandPlan !== null) effects.push(onTool("execute", "shell"), ...commandPlan.effects);
  if (type === "tool_call" || tool !== null) {
    if (tool !== null) effects.push(onTool("call", tool.name));
    const toolPlan = tool === null ? unnamed : planTool?.(tool) ?? unread;
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
const unnamed: KnownToolPlan = {
  effects: [],
  doubts: [{ kind: "unverified", reason: "nobody knows what the tool does" }],
};
const unread: KnownToolPlan = {
  effects: [],
  doubts: [{ kind: "unverified", reason: "nobody read the input of the tool" }],
};
const unreadableDiff: Doubt = { kind: "unverified", reason: "the diff cannot be read whole" };

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
