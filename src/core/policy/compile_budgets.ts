/**
 * `budgets` of a policy.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { Verb } from "../operation/effect.ts";
import type { budgetSection } from "./budget_schema.ts";
import { compileCondition } from "./compile_condition.ts";
import { meaningId } from "./meaning_id.ts";
import type { Budget, Condition } from "./policy.ts";
import { PolicyError } from "./policy_error.ts";
import type { NodeValue } from "./schema_node.ts";

type RawBudget = NodeValue<typeof budgetSection>[number];

/** Every operation. */
export const anything: Condition = {
  types: null,
  verbs: null,
  files: null,
  commands: null,
  tools: null,
  principals: null,
};

/**
 * Compiles the budgets in file order.
 *
 * @param types Names of types there are.
 * @throws {PolicyError} `policy_invalid` at the first id, type or pattern that cannot be used.
 */
export function compileBudgets(
  raws: readonly RawBudget[],
  types: readonly string[],
): readonly Budget[] {
  const ids = new Set<string>();
  return raws.map((raw, index) => {
    if (ids.has(raw.id)) throw idRepeated(raw.id, index);
    ids.add(raw.id);
    const { match, ...rest } = raw;
    const path = ["budgets", index, "match"];
    if (raw.count === "deletes" && match !== null && !mayDelete(match.verbs)) {
      throw neverMet(index);
    }
    const condition = match === null ? anything : compileCondition(match, path, types);
    const { count, per } = raw;
    // Not of max and effect: a limit that is raised or lowered forgets nothing.
    const counterId = `${per.charAt(0)}${meaningId(condition, `count ${count} ${per}`)}`;
    return { ...rest, match: condition, counterId };
  });
}

function mayDelete(verbs: readonly Verb[]): boolean {
  return verbs.length === 0 || verbs.includes("delete");
}

function neverMet(index: number): PolicyError {
  return new PolicyError("policy_invalid", "Cannot count deletes among other verbs", {
    path: ["budgets", index, "match", "verbs"],
    hint: "leave verbs out, or write count: files",
  });
}

function idRepeated(id: string, index: number): PolicyError {
  const quoted = oneLine(JSON.stringify(id));
  return new PolicyError("policy_invalid", `Cannot use the id ${quoted} twice`, {
    path: ["budgets", index, "id"],
    hint: "answers and the log tell budgets apart by their ids",
  });
}
