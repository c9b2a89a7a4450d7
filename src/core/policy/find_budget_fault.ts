/**
 * What is wrong with budget.yaml, for people. Loads `yaml`; callers import this file with
 * `await import()`.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { budgetFile, policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { joinBudgets, parseBudgets } from "./budget_file.ts";
import { compilePolicy } from "./compile_policy.ts";
import { decodePolicy } from "./decode_policy.ts";
import { withLocation } from "./locate.ts";
import { parseYaml } from "./parse_yaml.ts";
import { compareParsers } from "./second_parser.ts";

/**
 * Reads budget.yaml with both parsers, and as a part of the policy.
 *
 * @param snapshot Of which lintPolicy finds no error in policy.yaml.
 * @returns The refusal, with its place in budget.yaml; null when there is none, or no such file.
 */
export function findBudgetFault(
  { files }: Pick<PolicySnapshot, "files">,
): EngineError | null {
  const bytes = files.get(budgetFile);
  if (bytes === undefined) return null;
  let text = "";
  try {
    text = decodePolicy(bytes, budgetFile);
    const budgets = parseBudgets(text);
    const policy = decodePolicy(files.get(policyFile) ?? new Uint8Array(), policyFile);
    compilePolicy(joinBudgets(parseYaml(policy, policyFile), budgets));
    return compareParsers(text, budgetFile);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return withLocation(error, text, budgetFile);
  }
}
