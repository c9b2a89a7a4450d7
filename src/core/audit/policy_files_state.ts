/**
 * The part of the state that remembers how the policy's files lay on the disk: as they were seen
 * last, and as a human locked them. policy/SPEC.md, "On the disk".
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import type { Entry } from "./entry.ts";

/** How the files were seen last; see PolicyMarks. */
export interface SightedFiles {
  readonly seen: string;
  readonly policy: string;
}

/** How a human locked them. */
export interface LockedFiles {
  /** The policy that was locked; another one is not. */
  readonly policy_digest: string;
  readonly fixed: string;
  readonly policy: string;
  readonly seq: number;
}

export interface PolicyFilesState {
  /** Null where no entry said. */
  readonly sighted: SightedFiles | null;
  readonly locked: LockedFiles | null;
}

export const emptyPolicyFiles: PolicyFilesState = { sighted: null, locked: null };

export const policyFilesTypes = {
  locked: "state.policy_locked",
  unlocked: "state.policy_unlocked",
  touched: "state.policy_touched",
} as const;

/** Folds an entry that says how the files lie: `marks` are in its details. */
export function foldPolicyFiles<T extends PolicyFilesState>(state: T, entry: Entry): T {
  const { details, type, seq } = entry;
  const sighted = sightedOf(details) ?? state.sighted;
  switch (type) {
    case policyFilesTypes.locked: {
      const { policy_digest, fixed, policy_mark } = details;
      const of = [policy_digest, fixed, policy_mark].map(String);
      const [digest = "", hash = "", policy = ""] = of;
      return { ...state, sighted, locked: { policy_digest: digest, fixed: hash, policy, seq } };
    }
    case policyFilesTypes.unlocked:
      return { ...state, sighted, locked: null };
    default:
      return { ...state, sighted };
  }
}

function sightedOf({ seen, policy_mark }: JsonObject): SightedFiles | null {
  if (typeof seen !== "string" || typeof policy_mark !== "string") return null;
  return { seen, policy: policy_mark };
}
