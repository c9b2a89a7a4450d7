/**
 * A policy to judge by that need not be in force, or trusted by anybody.
 *
 * @module
 */
import { policyFile, type PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import type { LoadedPolicy } from "../../../core/policy/kept_policy.ts";
import { toPolicyError } from "./policy_refusal.ts";

/**
 * Reads a draft as strictly as a policy that is to come into force.
 *
 * @param name Of a single file, for messages.
 * @throws {EngineError} Every refusal of refuseFaulty.
 */
export async function loadDraft(draft: PolicySnapshot, name: string): Promise<LoadedPolicy> {
  const { lintPolicy } = await import("../../../core/policy/lint_policy.ts");
  const { refuseFaulty } = await import("../../../core/policy/refuse_faulty.ts");
  const { loadPolicy } = await import("../../../core/policy/load_policy.ts");
  const bytes = draft.files.get(policyFile) ?? new Uint8Array();
  const { policy, findings } = lintPolicy(bytes, name);
  if (policy === null) throw toPolicyError(findings);
  refuseFaulty(draft);
  return loadPolicy(draft);
}
