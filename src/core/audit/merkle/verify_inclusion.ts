/**
 * Whether a leaf is in a tree (RFC 6962 section 2.1.1, RFC 9162 section 2.1.3.2).
 *
 * @module
 */
import { compareHashes } from "./compare_hashes.ts";
import { hashBytes, hashNode } from "./hash_node.ts";
import { planPath } from "./plan_path.ts";

export interface InclusionClaim {
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** From 0; below `size`. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  /** The audit path: 32 bytes each, the leaf's neighbour first. */
  readonly proof: readonly Uint8Array[];
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** True when the proof, all of it and nothing more, leads from the leaf to the root. Total. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { leafHash, index, size, proof, root } = claim;
  const steps = planPath({ level: 0, index }, size);
  if (steps === null || steps.length !== proof.length) return false;
  if ([leafHash, ...proof].some((hash) => hash.length !== hashBytes)) return false;
  let hash = leafHash;
  for (const [i, { side }] of steps.entries()) {
    const beside = proof[i] ?? hash;
    hash = side === "left" ? hashNode(beside, hash) : hashNode(hash, beside);
  }
  return compareHashes(hash, root);
}
