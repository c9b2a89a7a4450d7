/**
 * Asking, for hosts that have no way to ask from a hook.
 *
 * @module
 */

/** The reason of a denial that a person could lift. */
export function askAsDenial(text: string): string {
  return `needs a human: ${text}`;
}
