/**
 * The policy inputs of one moment: what was hashed is what gets parsed.
 *
 * @module
 */
import type { PolicyInput } from "../audit/state.ts";

/** Every input of one install, read once. */
export interface PolicySnapshot {
  /** `sha256:<hex>` over the sorted list of (path, SHA-256); see policy_digest.ts. */
  readonly digest: string;
  readonly inputs: readonly PolicyInput[];
  /** Bytes by path relative to the root, e.g. `.scalpel/policy.yaml`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Where the policy itself stands in `files`. */
export const policyFile = ".scalpel/policy.yaml";
/** Where `budgets` may stand instead. */
export const budgetFile = ".scalpel/budget.yaml";
