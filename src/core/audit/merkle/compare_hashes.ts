/**
 * Equality of hashes that are no secret: roots are published.
 *
 * @module
 */

/** Whether both are of one length and the same bytes. */
export function compareHashes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
