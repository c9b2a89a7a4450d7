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
import type { Json, JsonObject } from "./operation.ts";
import { isPath } from "./path.ts";
import { findToolPaths, plainPath } from "./tool_paths.ts";

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
  const stated = Object.entries(input).filter(([key]) => tool.arguments.has(key));
  const rest = Object.fromEntries(
    Object.entries(input).filter(([key]) => !tool.arguments.has(key)),
  );
  const effects: Effect[] = [];
  const doubts: Doubt[] = [];
  const paths = tool.verbs.some(isOnPaths) ? findToolPaths(rest) : [];
  // SECURITY: of a tool nobody knows the rest stays in doubt anyway; here it must be said.
  if (paths.length >= maxToolPaths) doubts.push(tooManyPaths);
  for (const verb of tool.verbs) effects.push(...effectsOf(verb, paths, rest));
  for (const [key, value] of stated) {
    const verbs = tool.arguments.get(key) ?? [];
    if (verbs.length === 0) continue;
    const texts = textsOf(value);
    const named = texts.map(plainPath).filter((path) => path !== null && isPath(path));
    if (named.length < texts.length && verbs.some(isOnPaths)) doubts.push(noPath(key));
    if (texts.length >= maxToolPaths) doubts.push(tooManyPaths);
    for (const verb of verbs) effects.push(...effectsOf(verb, named as string[], { [key]: value }));
  }
  return { effects: withVerbs(effects, tool.verbs), doubts };
}

const tooManyPaths: Doubt = { kind: "unverified", reason: "it names too many paths" };

function noPath(argument: string): Doubt {
  const shown = argument.length > 40 ? `${argument.slice(0, 40)}...` : argument;
  return { kind: "unverified", reason: `its argument ${JSON.stringify(shown)} is no path` };
}

/** Calling is what every tool does; connecting is to a host. */
function isOnPaths(verb: Verb): boolean {
  return verb !== "call" && verb !== "connect";
}

function effectsOf(verb: Verb, paths: readonly string[], input: JsonObject): readonly Effect[] {
  if (verb === "call") return [];
  if (verb === "connect") {
    return findHosts(input).map((resource) => ({ verb, resource, kind: "host" }));
  }
  return paths.map((resource) => ({ verb, resource, kind: "path" }));
}

/** A verb that meets nothing is still what the tool does: `protected.operations` speaks of it. */
function withVerbs(effects: readonly Effect[], verbs: readonly Verb[]): readonly Effect[] {
  const missing = verbs.filter((verb) =>
    verb !== "call" && !effects.some((effect) => effect.verb === verb)
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

/** Every text in a value, bounded. */
function textsOf(value: Json): readonly string[] {
  const texts: string[] = [];
  const pending: Json[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string") texts.push(next);
    else if (Array.isArray(next)) pending.push(...next.toReversed());
    else if (typeof next === "object" && next !== null) {
      pending.push(...Object.values(next).reverse());
    }
    if (texts.length >= maxToolPaths) break;
  }
  return texts;
}
