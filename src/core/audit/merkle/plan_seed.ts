/**
 * Where a consistency proof begins: the last complete subtree of the older tree.
 *
 * @module
 */

/** A complete subtree of the older tree, the smallest and last one. */
export interface Seed {
  readonly level: number;
  readonly index: number;
  /** It is all of the older tree, whose root the reader has: the proof does not repeat it. */
  readonly isRoot: boolean;
}

/** @param oldSize 1 to 2^53 - 1. */
export function planSeed(oldSize: number): Seed {
  let level = 0;
  let count = oldSize;
  for (; count % 2 === 0; count /= 2) level++;
  return { level, index: count - 1, isRoot: count === 1 };
}
