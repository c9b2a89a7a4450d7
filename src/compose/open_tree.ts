/**
 * Folders of a project for lint, which looks only where patterns point to.
 *
 * @module
 */
import type { ListTree } from "../core/policy/lint/find_unmatched.ts";

const maxNames = 100_000;
const maxMs = 2_000;

/** @param root Absolute. Names are read once for each folder; past a bound there is null. */
export function openTree(root: string): ListTree {
  const known = new Map<string, readonly string[] | null>();
  const endMs = Date.now() + maxMs;
  let names = 0;
  const read = (folder: string): readonly string[] | null => {
    const found: string[] = [];
    try {
      for (const { name } of Deno.readDirSync(`${root}/${folder}`)) {
        if (++names > maxNames || Date.now() > endMs) return null;
        found.push(name);
      }
    } catch (error) {
      const isNone = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      return isNone ? [] : null;
    }
    return found;
  };
  return (folder) => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const listed = read(folder);
    known.set(folder, listed);
    return listed;
  };
}
