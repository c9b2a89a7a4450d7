/**
 * What was read of the policy, and what it is worth.
 *
 * @module
 */
import type { EngineError } from "../core/errors.ts";
import type { NewPolicy } from "../core/integrity/judge_trust.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { Trust } from "../core/integrity/trust.ts";

export interface JudgedPolicy {
  /** What was read, or why it could not be. */
  readonly found: PolicySnapshot | EngineError;
  readonly trust: Trust | NewPolicy;
}
