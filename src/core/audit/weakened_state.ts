/**
 * The part of the state that remembers that the policy in force enforces less than it could.
 *
 * @module
 */
import type { Entry } from "./entry.ts";

export interface WeakenedPolicy {
  readonly policy_digest: string;
  /** Settings, as `enforcement.mode: observe`. */
  readonly settings: readonly string[];
  readonly seq: number;
}

export interface WeakenedState {
  /** Null while the policy in force enforces. */
  readonly weakened: WeakenedPolicy | null;
}

export const emptyWeakened: WeakenedState = { weakened: null };

export const weakenedTypes = {
  weakened: "state.enforcement_weakened",
  restored: "state.enforcement_restored",
} as const;

/** Folds an entry of either type. */
export function foldWeakened<T extends WeakenedState>(state: T, { type, details, seq }: Entry): T {
  if (type === weakenedTypes.restored) return { ...state, weakened: null };
  const { settings } = details;
  const weakened = {
    policy_digest: String(details["policy_digest"]),
    settings: Array.isArray(settings) ? settings.map(String) : [],
    seq,
  };
  return { ...state, weakened };
}
