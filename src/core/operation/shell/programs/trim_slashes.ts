/**
 * A path without the slashes at its end; the root stays. By hand: `/\/+$/` takes quadratic time.
 *
 * @module
 */

export function trimSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}
