/**
 * `rules` of a policy: what a name or pattern in them means, all or nothing.
 *
 * @module
 */
import { maxPastConditions } from "../limits.ts";
import { compileCondition } from "./compile_condition.ts";
import type { pastSections } from "./condition_schema.ts";
import { meaningId } from "./meaning_id.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { PastCondition, Rule } from "./policy.ts";
import type { policySchema } from "./schema.ts";
import type { NodeValue } from "./schema_node.ts";

type RawRule = NodeValue<typeof policySchema>["rules"][number];
type RawPast = NonNullable<NodeValue<typeof pastSections.after>>;

/**
 * Compiles the rules in file order.
 *
 * @param types Names of types there are, those under `operations.custom` too.
 * @throws {PolicyError} `policy_invalid` at the first id, type or pattern that cannot be used.
 */
export function compileRules(raws: readonly RawRule[], types: readonly string[]): readonly Rule[] {
  const ids = new Set<string>();
  return raws.map((raw, index) => {
    if (ids.has(raw.id)) throw idRepeated(raw.id, index);
    ids.add(raw.id);
    const { id, description, mode, effect, severity, reason } = raw;
    const match = compileMatch(raw, ["rules", index, "match"], types);
    return { id, description, mode, effect, severity, reason, match };
  });
}

/**
 * Every condition on earlier operations, each meaning once.
 *
 * @throws {PolicyError} `policy_invalid` when there are more than maxPastConditions.
 */
export function joinPast(rules: readonly Rule[]): readonly PastCondition[] {
  const known = new Map<string, PastCondition>();
  rules.forEach(({ match: { after, without } }, index) => {
    for (const past of [after, without]) {
      if (past !== null && !known.has(past.id)) known.set(past.id, past);
    }
    if (known.size <= maxPastConditions) return;
    throw new PolicyError("policy_invalid", "Cannot look back at so many things", {
      path: ["rules", index, "match"],
      hint: `at most ${maxPastConditions} different conditions under after and without`,
    });
  });
  return [...known.values()];
}

function compileMatch(
  { match }: RawRule,
  path: NodePath,
  types: readonly string[],
): Rule["match"] {
  const { after, without } = match;
  return {
    ...compileCondition(match, path, types),
    after: after === null ? null : compilePast(after, [...path, "after"], types, false),
    without: without === null ? null : compilePast(without, [...path, "without"], types, true),
  };
}

function compilePast(
  raw: RawPast,
  path: NodePath,
  types: readonly string[],
  isStrict: boolean,
): PastCondition {
  const { within } = raw;
  const condition = compileCondition(raw, path, types);
  if (condition.principals !== null && within === "session") {
    throw new PolicyError("policy_invalid", "Cannot look for others within a session", {
      path: [...path, "within"],
      hint: "a session is one principal's: write hour or day, or leave principals out",
    });
  }
  const place = within === "session" ? "s" : condition.principals === null ? "p" : "a";
  const id = place + meaningId(condition, isStrict ? "without" : "after");
  return { id, within, condition, isStrict };
}

function idRepeated(id: string, index: number): PolicyError {
  return new PolicyError("policy_invalid", `Cannot use the id ${JSON.stringify(id)} twice`, {
    path: ["rules", index, "id"],
    hint: "answers and the log tell rules apart by their ids",
  });
}
