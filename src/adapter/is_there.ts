/**
 * Whether anything stands at a path, a dangling link included.
 *
 * @module
 */

/** Throws what the disk says where it would not tell. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
