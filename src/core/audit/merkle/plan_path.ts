/**
 * Which hashes lead from a node to the root, lowest first (RFC 6962 section 2.1.1). Knows places,
 * no hashes; in numbers, not in 32-bit words, up to 2^53 - 1 leaves.
 *
 * @module
 */

/** One step: the hash beside the node so far. */
export interface PathStep {
  readonly level: number;
  /** Where the hash stands to the node so far. */
  readonly side: "left" | "right";
  /** First leaf below the hash; on the right the leaves may end before the subtree is complete. */
  readonly start: number;
}

/**
 * The steps from node `index` of `level` to the root of a tree of `size` leaves.
 *
 * @returns Null when there is no such node or a number is not a whole one up to 2^53 - 1.
 */
export function planPath(
  node: { readonly level: number; readonly index: number },
  size: number,
): readonly PathStep[] | null {
  const { level: lowest, index: lowestIndex } = node;
  if (![lowest, lowestIndex, size].every((n) => Number.isSafeInteger(n) && n >= 0)) return null;
  if (lowest > 52 || lowestIndex * 2 ** lowest >= size) return null;
  const steps: PathStep[] = [];
  let index = lowestIndex;
  for (let level = lowest; 2 ** level < size; level++) {
    const width = 2 ** level;
    const isRightChild = index % 2 === 1;
    if (isRightChild) steps.push({ level, side: "left", start: (index - 1) * width });
    // Without a neighbour on the right the node rises unhashed.
    else if ((index + 1) * width < size) {
      steps.push({ level, side: "right", start: (index + 1) * width });
    }
    index = Math.floor(index / 2);
  }
  return steps;
}
