/**
 * The policy of one snapshot, from the bytes that were hashed. Loads both YAML readers: where a
 * kept form is at hand, kept_policy.ts does without.
 *
 * @module
 */
import { budgetFile, policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import type { Json } from "../operation/operation.ts";
import { compilePolicy } from "./compile_policy.ts";
import { decodePolicy } from "./decode_policy.ts";
import { joinBudgets, parseBudgets } from "./budget_file.ts";
import { encodeKeptPolicy, type LoadedPolicy, refuseOtherInputs } from "./kept_policy.ts";
import { policyPositions } from "./locate.ts";
import { parseYaml } from "./parse_yaml.ts";

/**
 * Parses; the caller has compared the snapshot's digest with a trusted one, or is about to lint.
 *
 * @throws {EngineError} `feature_unavailable` for inputs this version cannot honour, and every
 *   refusal of parsePolicy and of findBudgetFault.
 */
export function loadPolicy(snapshot: PolicySnapshot): LoadedPolicy {
  refuseOtherInputs(snapshot);
  const { values, positions } = readValues(snapshot);
  return { digest: snapshot.digest, policy: compilePolicy(values), positions };
}

/** What to keep of a snapshot's policy. @throws {EngineError} As loadPolicy. */
export function keepPolicy(snapshot: PolicySnapshot): string {
  const { values, positions } = readValues(snapshot);
  return encodeKeptPolicy(values, positions);
}

interface PolicyValues extends Pick<LoadedPolicy, "positions"> {
  readonly values: Json;
}

/** Of both files, as if it were one. */
function readValues({ files }: PolicySnapshot): PolicyValues {
  const text = decodePolicy(files.get(policyFile) ?? new Uint8Array(), policyFile);
  const values = parseYaml(text, policyFile);
  const bytes = files.get(budgetFile);
  if (bytes === undefined) return { values, positions: policyPositions(text) };
  const budgets = decodePolicy(bytes, budgetFile);
  const places = [...policyPositions(budgets)].filter(([path]) => path !== "")
    .map(([path, place]) => [path, { ...place, file: budgetFile }] as const);
  return {
    values: joinBudgets(values, parseBudgets(budgets)),
    positions: new Map([...policyPositions(text), ...places]),
  };
}
