/**
 * The operating system's generator.
 *
 * @module
 */

/** `count` unpredictable bytes. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
