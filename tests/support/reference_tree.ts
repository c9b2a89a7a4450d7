/**
 * The tree of RFC 6962 section 2.1 as its definitions read: recursive, slow, with the runtime's own
 * SHA-256. Shares no code with src.
 */
import { createHash } from "node:crypto";

type Bytes = Uint8Array;

const sha256 = (...parts: readonly Bytes[]): Bytes => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

export const leafOf = (data: Bytes): Bytes => sha256(Uint8Array.of(0), data);

/** Leaf hashes of `leaf 0`, `leaf 1`, and so on. */
export const makeLeaves = (count: number): readonly Bytes[] =>
  Array.from({ length: count }, (_, i) => leafOf(new TextEncoder().encode(`leaf ${i}`)));

/** The largest power of two smaller than `count`. */
function splitOf(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/** MTH, of leaf hashes. */
export function rootOf(leaves: readonly Bytes[]): Bytes {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = splitOf(leaves.length);
  return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** PATH. */
export function pathOf(index: number, leaves: readonly Bytes[]): readonly Bytes[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k
    ? [...pathOf(index, left), rootOf(right)]
    : [...pathOf(index - k, right), rootOf(left)];
}

/** PROOF; RFC 6962 leaves the empty tree out, from which there is nothing to prove. */
export function growthOf(oldSize: number, leaves: readonly Bytes[]): readonly Bytes[] {
  return oldSize === 0 ? [] : subproof(oldSize, leaves, true);
}

function subproof(size: number, leaves: readonly Bytes[], isWhole: boolean): readonly Bytes[] {
  if (size === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const k = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return size <= k
    ? [...subproof(size, left, isWhole), rootOf(right)]
    : [...subproof(size - k, right, false), rootOf(left)];
}

export function concatHashes(hashes: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(hashes.length * 32);
  hashes.forEach((hash, i) => all.set(hash, i * 32));
  return all;
}
