/**
 * Which lines of a policy no test ever met: nobody knows what they do.
 *
 * @module
 */
import { viewPath } from "../operation/path.ts";
import type { Policy, PolicyLimits } from "../policy/policy.ts";
import type { CaseResult } from "./run_case.ts";

/** A line of the policy that can be met. */
export interface CoverageItem {
  /** Dotted, as policyPositions has it, e.g. `protected.files.2`. */
  readonly key: string;
  /** For people, e.g. `protected.files "*.env"`. */
  readonly name: string;
}

export interface Coverage {
  readonly total: number;
  readonly uncovered: readonly CoverageItem[];
}

/** Adds up over cases; keeps no result. */
export class CoverageCounter {
  readonly #policy: Policy;
  readonly #root: string;
  readonly #met = new Set<string>();

  /** @param root Of the disk the cases are judged on. */
  constructor(policy: Policy, root: string) {
    this.#policy = policy;
    this.#root = root;
  }

  add(result: CaseResult): void {
    const { judgement, context } = result.judged;
    const { rules } = this.#policy;
    if (this.#policy.customOperations.has(context.operation.type)) {
      this.#met.add(`operations.custom.${context.operation.type}`);
    }
    for (const id of judgement.warned) {
      this.#met.add(`rules.${rules.findIndex((rule) => rule.id === id)}`);
    }
    // A rule that only observes is met as well: nothing else would ever test it.
    for (const finding of [...result.findings, ...judgement.observed ?? []]) {
      if (finding.sourceKey !== null) this.#met.add(finding.sourceKey);
      for (const key of this.#besides(result, finding)) this.#met.add(key);
    }
  }

  finish(): Coverage {
    const items = itemsOf(this.#policy);
    return { total: items.length, uncovered: items.filter(({ key }) => !this.#met.has(key)) };
  }

  /** A finding names the first line that fits; others that fit as well are met, too. */
  #besides(result: CaseResult, finding: CaseResult["findings"][number]): readonly string[] {
    const { policy, effect } = finding;
    const { operation } = result.judged.context;
    if (policy === "protected.operations") {
      return this.#policy.protectedOperations.flatMap(({ verbs, types }, index) => {
        const isMet = types.includes(operation.type) ||
          (effect !== undefined && verbs.includes(effect.verb));
        return isMet ? [`${policy}.${index}`] : [];
      });
    }
    const list = { "protected.files": "protectedFiles", "protected.secret_files": "secretFiles" };
    if (effect === undefined || !isKey(list, policy)) return [];
    const { paths, inside } = result.judged.evidence;
    const resolved = paths.get(effect.resource) ?? inside.get(effect.resource);
    if (resolved === undefined) return [];
    const { set } = this.#policy[list[policy] as "protectedFiles" | "secretFiles"];
    return set.match(viewPath(resolved, this.#root).forms).map((index) => `${policy}.${index}`);
  }
}

function isKey<T extends object>(object: T, key: string): key is keyof T & string {
  return Object.hasOwn(object, key);
}

const limitKeys: readonly (readonly [keyof PolicyLimits, string])[] = [
  ["maxComplexity", "limits.max_complexity"],
  ["maxFileSizeBytes", "limits.max_file_size"],
  ["maxChangesPerOperation", "limits.max_changes_per_operation"],
  ["maxFilesPerOperation", "limits.max_files_per_operation"],
];

function itemsOf(policy: Policy): readonly CoverageItem[] {
  const listed = (section: string, names: readonly string[]) =>
    names.map((name, index) => ({
      key: `${section}.${index}`,
      name: `${section} ${JSON.stringify(name)}`,
    }));
  const named = (key: string) => ({ key, name: key });
  return [
    ...limitKeys.filter(([limit]) => policy.limits[limit] !== null).map(([, key]) => named(key)),
    ...listed("protected.files", policy.protectedFiles.patterns),
    ...listed("protected.secret_files", policy.secretFiles.patterns),
    ...listed("protected.operations", policy.protectedOperations.map(({ name }) => name)),
    ...[...policy.customOperations.keys()].map((name) => named(`operations.custom.${name}`)),
    ...policy.rules.map(({ id }, index) => ({ key: `rules.${index}`, name: `rules.${id}` })),
    ...policy.budgets.map(({ id }, index) => ({ key: `budgets.${index}`, name: `budgets.${id}` })),
    ...policy.checks.map(({ id }, index) => ({ key: `checks.${index}`, name: `checks.${id}` })),
    ...(policy.enforcement.default === "deny" ? [named("enforcement.default")] : []),
  ];
}
