/**
 * `rules` of a policy: what a name or pattern in them means, all or nothing.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { type CommandPattern, parseCommandPattern } from "../operation/command_pattern.ts";
import { parseGlob } from "../operation/glob.ts";
import { operationTypes } from "../operation/operation.ts";
import { compilePatternSet } from "../operation/pattern_set.ts";
import { compilePatterns } from "./compile_patterns.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { Policy, Rule } from "./policy.ts";
import type { policySchema } from "./schema.ts";
import type { NodeValue } from "./schema_node.ts";

type RawRule = NodeValue<typeof policySchema>["rules"][number];

/**
 * Compiles the rules in file order.
 *
 * @param customTypes Names under `operations.custom`.
 * @throws {PolicyError} `policy_invalid` at the first id, type or pattern that cannot be used.
 */
export function compileRules(
  raws: readonly RawRule[],
  customTypes: Iterable<string>,
): readonly Rule[] {
  const types = [...operationTypes, ...customTypes];
  const ids = new Set<string>();
  return raws.map((raw, index) => {
    if (ids.has(raw.id)) throw idRepeated(raw.id, index);
    ids.add(raw.id);
    const { id, description, effect, severity, reason } = raw;
    return { id, description, effect, severity, reason, match: compileMatch(raw, index, types) };
  });
}

/** Joins what rules say of files, so that one look at a path tells which rules it concerns. */
export function compileRuleFiles(rules: readonly Rule[]): Policy["ruleFiles"] {
  const owned = rules.flatMap(({ match }, index) =>
    (match.files?.patterns ?? []).map((pattern) => ({ glob: parseGlob(pattern), index }))
  );
  return {
    set: compilePatternSet(owned.map(({ glob }) => glob)),
    owners: owned.map(({ index }) => index),
  };
}

function compileMatch(
  { match }: RawRule,
  index: number,
  types: readonly string[],
): Rule["match"] {
  const at = (key: string, item: number): NodePath => ["rules", index, "match", key, item];
  match.types.forEach((type, item) => requireType(type, types, at("types", item)));
  return {
    types: written(match.types),
    verbs: written(match.verbs),
    files: match.files.length === 0
      ? null
      : compilePatterns(match.files, ["rules", index, "match", "files"]),
    commands: written(
      match.commands.map((pattern, item) => parseCommand(pattern, at("commands", item))),
    ),
    tools: written(match.tools),
    principals: written(match.principals),
  };
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

function idRepeated(id: string, index: number): PolicyError {
  return new PolicyError("policy_invalid", `Cannot use the id ${JSON.stringify(id)} twice`, {
    path: ["rules", index, "id"],
    hint: "answers and the log tell rules apart by their ids",
  });
}
