/**
 * budget.yaml beside the policy: it holds `budgets`, and then the policy does not.
 *
 * @module
 */
import { budgetFile, policyFile } from "../integrity/policy_snapshot.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { budgetFileSchema } from "./budget_schema.ts";
import { parseNode } from "./parse_node.ts";
import { parseYaml } from "./parse_yaml.ts";
import { PolicyError } from "./policy_error.ts";

/**
 * Reads the file's text.
 *
 * @returns Its `budgets`, as plain values of the right shape.
 * @throws {EngineError} `policy_syntax`, or `policy_invalid` with the node's path.
 */
export function parseBudgets(text: string): Json {
  const values = parseYaml(text, budgetFile);
  parseNode(budgetFileSchema, values, []);
  return (values as JsonObject)["budgets"] ?? null;
}

/**
 * The policy's values with the budgets in their place.
 *
 * @throws {PolicyError} `policy_invalid` when they stand in both files.
 */
export function joinBudgets(values: Json, budgets: Json): Json {
  const isMapping = typeof values === "object" && values !== null && !Array.isArray(values);
  // Anything else is no policy, and refused as what it is.
  if (!isMapping) return values;
  if (!Object.hasOwn(values, "budgets")) return { ...values as JsonObject, budgets };
  const message = `Cannot use budgets of ${budgetFile}: ${policyFile} has budgets too`;
  throw new PolicyError("policy_invalid", message, {
    path: ["budgets"],
    isKey: true,
    hint: "keep them in one of the two files",
  });
}
