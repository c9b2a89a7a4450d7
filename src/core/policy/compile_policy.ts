/**
 * Plain values to Policy, all or nothing. Needs no YAML reader: one-shots load no more than this.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { oneLine } from "../errors.ts";
import type { Verb } from "../operation/effect.ts";
import { type Json, operationTypes } from "../operation/operation.ts";
import { compilePatterns } from "./compile_patterns.ts";
import { anything, compileBudgets } from "./compile_budgets.ts";
import { compileChecks } from "./compile_checks.ts";
import { joinFiles, speaksOfReading } from "./compile_condition.ts";
import { compileMcp } from "./compile_mcp.ts";
import { compileOverrides } from "./compile_overrides.ts";
import { compileRules, joinPast } from "./compile_rules.ts";
import { operationNames, parseProtectedOperation } from "./operation_names.ts";
import { parseNode } from "./parse_node.ts";
import type { Policy, ProtectedOperation } from "./policy.ts";
import { PolicyError } from "./policy_error.ts";
import { policySchema } from "./schema.ts";

/**
 * Makes a policy of plain values, as parseYaml returns them.
 *
 * @throws {PolicyError} As parsePolicy.
 */
export function compilePolicy(values: Json): Policy {
  const raw = parseNode(policySchema, values, []);
  const custom = raw.operations.custom;
  for (const name of custom.keys()) checkCustomName(name);
  const { enforcement, limits } = raw;
  const types = [...operationTypes, ...custom.keys()];
  const rules = compileRules(raw.rules, types);
  const past = joinPast(rules);
  const budgets = compileBudgets(raw.budgets, types);
  const checks = compileChecks(raw.checks, types);
  return {
    version: raw.version,
    enforcement: {
      enabled: enforcement.enabled,
      failClosed: enforcement.fail_closed,
      mode: enforcement.mode,
      onUnverified: enforcement.on_unverified,
      default: enforcement.default,
    },
    limits: {
      maxComplexity: limits.max_complexity,
      maxFileSizeBytes: limits.max_file_size,
      maxChangesPerOperation: limits.max_changes_per_operation,
      maxFilesPerOperation: limits.max_files_per_operation,
    },
    protectedFiles: compilePatterns(raw.protected.files, ["protected", "files"]),
    secretFiles: compilePatterns(raw.protected.secret_files, ["protected", "secret_files"]),
    protectedOperations: raw.protected.operations.map((name, index) =>
      parseOperationName(name, index, custom)
    ),
    customOperations: custom,
    commands: { opaque: raw.commands.opaque },
    rules,
    budgets,
    checks,
    overrides: compileOverrides(raw.overrides),
    tools: compileMcp(raw.mcp),
    past,
    ruleFiles: ruleFilesOf({ rules, past, budgets, checks }),
    guardsReads: raw.protected.secret_files.length > 0 || guardsReads({ rules, budgets, checks }),
  };
}

function ruleFilesOf(
  { rules, past, budgets, checks }: Pick<Policy, "rules" | "past" | "budgets" | "checks">,
): Policy["ruleFiles"] {
  return joinFiles([
    ...rules.map(({ match }) => match),
    ...past.map(({ condition }) => condition),
    ...[...budgets, ...checks].map(({ match }) => match ?? anything),
  ]);
}

/** What only watches or warns must not make anything stricter, the reading of folders included. */
function guardsReads(
  { rules, budgets, checks }: Pick<Policy, "rules" | "budgets" | "checks">,
): boolean {
  return budgets.some(countsReads) ||
    checks.some(({ match }) => match !== null && speaksOfReading(match)) ||
    rules.some(({ mode, effect, match }) =>
      mode === "enforce" && effect !== "warn" &&
      (speaksOfReading(match) || (match.after !== null && speaksOfReading(match.after.condition)))
    );
}

function countsReads({ count, match }: Policy["budgets"][number]): boolean {
  if (count === "files") return match.verbs?.includes("read") === true;
  return (count === "operations" || count === "commands") && speaksOfReading(match);
}

function parseOperationName(
  name: string,
  index: number,
  custom: ReadonlyMap<string, readonly Verb[]>,
): ProtectedOperation {
  const known = parseProtectedOperation(name);
  if (known !== null) return known;
  if (custom.has(name)) return { name, verbs: [], types: [name] };
  const closest = closestString(fold(name), [...operationNames, ...custom.keys()]);
  throw new PolicyError("policy_invalid", `Cannot protect ${quote(name)}: no such operation`, {
    path: ["protected", "operations", index],
    hint: `the closest known name is ${quote(closest)}; names are lower case`,
  });
}

/** SECURITY: a custom `delete` would change what `delete` under protected.operations means. */
function checkCustomName(name: string): void {
  if (parseProtectedOperation(name) === null) return;
  throw new PolicyError(
    "policy_invalid",
    `Cannot define ${quote(name)}: it has a meaning already`,
    {
      path: ["operations", "custom", name],
      isKey: true,
      hint: "choose another name",
    },
  );
}

/** What somebody who wrote ` DELETE` probably meant; for the hint only. */
function fold(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase();
}

function quote(text: string): string {
  return oneLine(JSON.stringify(text));
}
