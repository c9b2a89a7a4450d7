/**
 * Paths by their text alone, as `cd` and the shell's own names of folders have them.
 *
 * @module
 */

/** An absolute path by text alone. */
export function foldPath(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}
