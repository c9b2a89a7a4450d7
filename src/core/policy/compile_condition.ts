/**
 * Keys that say which operations are meant: what a name or pattern in them means.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { type CommandPattern, parseCommandPattern } from "../operation/command_pattern.ts";
import { parseGlob } from "../operation/glob.ts";
import { compilePatternSet } from "../operation/pattern_set.ts";
import { compilePatterns } from "./compile_patterns.ts";
import type { conditionKeys } from "./condition_schema.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { Condition, Policy } from "./policy.ts";
import type { NodeValue } from "./schema_node.ts";

/** As parseNode reads it; keys that were not written are empty lists. */
export type RawCondition = {
  readonly [K in keyof typeof conditionKeys]: NodeValue<(typeof conditionKeys)[K]>;
};

/**
 * Compiles the condition at `path`.
 *
 * @param types Names of types there are, those under `operations.custom` too.
 * @throws {PolicyError} `policy_invalid` at the first type or pattern that cannot be used.
 */
export function compileCondition(
  raw: RawCondition,
  path: NodePath,
  types: readonly string[],
): Condition {
  const at = (key: string, item: number): NodePath => [...path, key, item];
  raw.types.forEach((type, item) => requireType(type, types, at("types", item)));
  return {
    types: written(raw.types),
    verbs: written(raw.verbs),
    files: raw.files.length === 0 ? null : compilePatterns(raw.files, [...path, "files"]),
    commands: written(
      raw.commands.map((pattern, item) => parseCommand(pattern, at("commands", item))),
    ),
    tools: written(raw.tools),
    principals: written(raw.principals),
  };
}

/** Joins what conditions say of files, so that one look at a path tells which it concerns. */
export function joinFiles(conditions: readonly Condition[]): Policy["ruleFiles"] {
  const owned = conditions.flatMap(({ files }, index) =>
    (files?.patterns ?? []).map((pattern) => ({ glob: parseGlob(pattern), index }))
  );
  return {
    set: compilePatternSet(owned.map(({ glob }) => glob)),
    owners: owned.map(({ index }) => index),
  };
}

/** A condition that names files and no verbs speaks of every verb. */
export function speaksOfReading({ files, verbs }: Condition): boolean {
  return verbs === null ? files !== null : verbs.includes("read");
}

function written<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

function requireType(type: string, known: readonly string[], path: NodePath): void {
  if (known.includes(type)) return;
  const closest = JSON.stringify(closestString(type.slice(0, 64).toLowerCase(), known));
  throw new PolicyError("policy_invalid", `Cannot match ${JSON.stringify(type)}: no such type`, {
    path,
    hint: `the closest known type is ${closest}; verbs stand under verbs`,
  });
}

function parseCommand(pattern: string, path: NodePath): CommandPattern {
  const parsed = parseCommandPattern(pattern);
  if (parsed !== null) return parsed;
  throw new PolicyError("policy_invalid", "Cannot match a command without words", {
    path,
    hint: 'name a program, e.g. "git push *"',
  });
}
