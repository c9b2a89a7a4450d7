/**
 * Effects of a tool whose doings the policy states. What it does not state is found as for a tool
 * nobody knows.
 *
 * @module
 */
import { maxToolPaths } from "../limits.ts";
import type { Effect, Verb } from "./effect.ts";
import type { Doubt } from "./effect_plan.ts";
import { findHosts } from "./find_hosts.ts";
import { foldForMatching } from "./fold_for_matching.ts";
import type { Json, JsonObject } from "./operation.ts";
import { isPath } from "./path.ts";
import { isFarReading, isLines, pathReadings } from "./path_readings.ts";
import { findToolPaths, isPathKey, looksLikePath, plainPath } from "./tool_paths.ts";
import { findToolTexts } from "./tool_texts.ts";

/** What a policy says of one tool: `mcp.servers.NAME.tools.TOOL`. */
export interface KnownTool {
  /** What it does to the paths among its arguments; at least one. */
  readonly verbs: readonly Verb[];
  /** What it does to these arguments instead; none: they name no file. */
  readonly arguments: ReadonlyMap<string, readonly Verb[]>;
  /** SHA-256 of its definition (see definition_hash.ts), hex; null where nobody fixed it. */
  readonly sha256: string | null;
}

/** What is known of a tool by its full name. */
export type KnownTools = ReadonlyMap<string, KnownTool>;

export interface KnownToolPlan {
  readonly effects: readonly Effect[];
  readonly doubts: readonly Doubt[];
}

/** Plans a call. Total. */
export function planKnownTool(tool: KnownTool, input: JsonObject): KnownToolPlan {
  const rest: Record<string, Json> = {};
  const plans: KnownToolPlan[] = [];
  const stated = new Set([...tool.arguments.keys()].map(foldForMatching));
  for (const [key, value] of Object.entries(input)) {
    const verbs = tool.arguments.get(key);
    if (verbs !== undefined) plans.push(planStated(verbs, key, value));
    else rest[key] = value;
    // SECURITY: some servers read `Path` as `path`, and of two the last one.
    const isOther = verbs === undefined && stated.has(foldForMatching(key));
    if (isOther) plans.push({ effects: [], doubts: [doubtful(key, "is another one's name")] });
  }
  const all = [planRest(tool.verbs, rest), ...plans];
  const effects = all.flatMap((plan) => plan.effects);
  return { effects: withVerbs(effects, tool.verbs), doubts: all.flatMap((plan) => plan.doubts) };
}

/** What the policy says nothing of: paths among it are found by name and by shape. */
function planRest(verbs: readonly Verb[], input: JsonObject): KnownToolPlan {
  if (!verbs.some(isOnPaths)) return { effects: effectsOf(verbs, [], input), doubts: [] };
  const doubts: Doubt[] = [];
  const paths = findToolPaths(input);
  // SECURITY: of a tool nobody knows the rest stays in doubt anyway; here it must be said.
  if (paths.length >= maxToolPaths) doubts.push(tooManyPaths);
  const { texts, isWhole } = findToolTexts(input);
  if (!isWhole) doubts.push(unread);
  const known = new Set(paths);
  const far = new Set<string>();
  const others = new Set<string>();
  const keys = Object.keys(input).map((key) => ({ argument: key, text: key, isPlain: false }));
  for (const { argument, text, isPlain } of [...keys.filter(isShaped), ...texts]) {
    const isNamed = isPlain && isPathKey(argument);
    const isSaid = isNamed || isShaped({ text });
    const plain = plainPath(text);
    // SECURITY: what no name of a file may be is one to a program that reads it otherwise.
    const isRefused = isSaid && plain !== null && !isPath(plain);
    if (isRefused && (isNamed || !isLines(text))) doubts.push(noPath(argument));
    const isCommand = verbs.includes("execute") && isPlain && (!known.has(text) || isLine(text));
    if (isCommand) doubts.push(noCommand(argument));
    for (const reading of [text, ...pathReadings(text, isSaid)]) {
      if (known.has(reading) || !isPath(reading)) continue;
      // A URL that was read whole is no other place as well.
      const isFar = (plain === null || plain === text) && isFarReading(reading, text);
      (isFar ? far : others).add(reading);
    }
    if (others.size + far.size > maxToolPaths) break;
  }
  if (others.size + far.size > maxToolPaths) doubts.push(tooManyTexts);
  const effects = effectsOf(verbs, [...paths, ...far], input, [...others]);
  return { effects, doubts: distinct(doubts) };
}

/** An argument with verbs of its own: every text in it is a path. */
function planStated(verbs: readonly Verb[], key: string, value: Json): KnownToolPlan {
  const input = { [key]: value };
  if (!verbs.some(isOnPaths)) return { effects: effectsOf(verbs, [], input), doubts: [] };
  const { texts, isWhole } = findToolTexts(input);
  const doubts: Doubt[] = isWhole ? [] : [unread];
  const paths = new Set<string>();
  const others = new Set<string>();
  for (const { text, isPlain } of texts) {
    const plain = plainPath(text);
    if (isPlain && plain !== null && isPath(plain)) paths.add(plain);
    else if (isPlain) doubts.push(noPath(key));
    if (verbs.includes("execute") && isLine(text)) doubts.push(noCommand(key));
    for (const reading of [text, ...pathReadings(text, true)]) {
      const isFar = (plain === null || plain === text) && isFarReading(reading, text);
      if (isPath(reading)) (isFar ? paths : others).add(reading);
    }
    if (Math.max(paths.size, others.size) >= maxToolPaths) break;
  }
  if (Math.max(paths.size, others.size) >= maxToolPaths) doubts.push(tooManyPaths);
  const possible = [...others].filter((path) => !paths.has(path));
  return { effects: effectsOf(verbs, [...paths], input, possible), doubts: distinct(doubts) };
}

const tooManyPaths: Doubt = { kind: "unverified", reason: "it names too many paths" };
const tooManyTexts: Doubt = { kind: "unverified", reason: "too many of its texts may be paths" };
const unread: Doubt = {
  kind: "unverified",
  reason: "its texts are too many, or JSON in one has two readings",
};

function noPath(argument: string): Doubt {
  return doubtful(argument, "is no path");
}

function noCommand(argument: string): Doubt {
  return doubtful(argument, "may be a command, which nobody reads here");
}

function doubtful(argument: string, what: string): Doubt {
  const shown = argument.length > 40 ? `${argument.slice(0, 40)}...` : argument;
  return { kind: "unverified", reason: `its argument ${JSON.stringify(shown)} ${what}` };
}

function distinct(doubts: readonly Doubt[]): readonly Doubt[] {
  return [...new Map(doubts.map((doubt) => [doubt.reason, doubt])).values()];
}

/** Whether a shell would make more of it than one name. */
function isLine(text: string): boolean {
  return /[\s;&|<>$`(){}]/.test(text);
}

function isShaped({ text }: { readonly text: string }): boolean {
  return looksLikePath(text);
}

/** Calling is what every tool does; connecting is to a host. */
function isOnPaths(verb: Verb): boolean {
  return verb !== "call" && verb !== "connect";
}

function effectsOf(
  verbs: readonly Verb[],
  paths: readonly string[],
  input: JsonObject,
  possible: readonly string[] = [],
): readonly Effect[] {
  return verbs.flatMap((verb): readonly Effect[] => {
    if (verb === "call") return [];
    if (verb === "connect") {
      return findHosts(input).map((resource) => ({ verb, resource, kind: "host" }));
    }
    return [
      ...paths.map((resource): Effect => ({ verb, resource, kind: "path" })),
      ...possible.map((resource): Effect => ({ verb, resource, kind: "path", isPossible: true })),
    ];
  });
}

/** A verb that meets nothing is still what the tool does: `protected.operations` speaks of it. */
function withVerbs(effects: readonly Effect[], verbs: readonly Verb[]): readonly Effect[] {
  const missing = verbs.filter((verb) =>
    verb !== "call" &&
    !effects.some((effect) => effect.verb === verb && effect.isPossible !== true)
  );
  return [
    ...effects,
    ...missing.map((verb): Effect =>
      verb === "connect"
        ? { verb, resource: "*", kind: "host" }
        : { verb, resource: "*", kind: "tool" }
    ),
  ];
}
