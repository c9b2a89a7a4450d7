/**
 * Whether a tree begins with an older one (RFC 6962 section 2.1.2, RFC 9162 section 2.1.4.2).
 *
 * @module
 */
import { sha256 } from "../../integrity/sha256.ts";
import { compareHashes } from "./compare_hashes.ts";
import { hashBytes, hashNode } from "./hash_node.ts";
import { type PathStep, planPath } from "./plan_path.ts";
import { planSeed } from "./plan_seed.ts";

export interface ConsistencyClaim {
  /** Leaves of the older tree; at most `newSize`. */
  readonly oldSize: number;
  readonly newSize: number;
  /** 32 bytes each. */
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  /** 32 bytes each; empty from an empty tree and between trees of one size. */
  readonly proof: readonly Uint8Array[];
}

/** True when the proof, all of it and nothing more, leads to both roots. Total. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  const isOrdered = [oldSize, newSize].every((n) => Number.isSafeInteger(n) && n >= 0) &&
    oldSize <= newSize;
  if (!isOrdered) return false;
  if ([oldRoot, newRoot, ...proof].some((hash) => hash.length !== hashBytes)) return false;
  if (oldSize === newSize) return proof.length === 0 && compareHashes(oldRoot, newRoot);
  // Every tree begins with the empty one: there is nothing to prove but that it was empty.
  if (oldSize === 0) return proof.length === 0 && compareHashes(oldRoot, sha256(new Uint8Array()));
  return verifyGrowth(claim);
}

function verifyGrowth({ oldSize, newSize, oldRoot, newRoot, proof }: ConsistencyClaim): boolean {
  const seed = planSeed(oldSize);
  const steps = planPath(seed, newSize);
  const [first = oldRoot, ...path] = seed.isRoot ? [oldRoot, ...proof] : proof;
  if (steps === null || steps.length !== path.length) return false;
  const roots = foldBoth(first, path, steps);
  return compareHashes(roots.older, oldRoot) && compareHashes(roots.newer, newRoot);
}

/** What stands left is in both trees; what stands right came later. */
function foldBoth(
  seed: Uint8Array,
  path: readonly Uint8Array[],
  steps: readonly PathStep[],
): { readonly older: Uint8Array; readonly newer: Uint8Array } {
  let older = seed;
  let newer = seed;
  for (const [i, { side }] of steps.entries()) {
    const beside = path[i] ?? seed;
    if (side === "left") older = hashNode(beside, older);
    newer = side === "left" ? hashNode(beside, newer) : hashNode(newer, beside);
  }
  return { older, newer };
}
