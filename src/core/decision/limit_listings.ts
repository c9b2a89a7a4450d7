/**
 * Bounds what one operation can make the engine look at while it holds the log.
 *
 * @module
 */
import { maxFolderEntries } from "../limits.ts";
import type { Disk } from "../ports.ts";

/**
 * A disk that remembers listings and hands out at most maxFolderEntries entries in all; past that
 * every folder is too much to know.
 *
 * SECURITY: ten thousand spellings of one large folder must not cost a walk each. One budget for
 * each operation and not for each caller: law D5, its neighbours must not change its decision.
 */
export function limitListings(disk: Disk): Disk {
  const known = new Map<string, readonly string[] | null>();
  let left = maxFolderEntries;
  const listBelow: Disk["listBelow"] = (absolute, limit) => {
    if (left <= 0) return null;
    const listed = known.has(absolute)
      ? known.get(absolute) ?? null
      : disk.listBelow(absolute, limit);
    known.set(absolute, listed);
    // A folder too large to list has cost as much as one that is not.
    left -= listed === null ? limit : listed.length + 1;
    return left < 0 ? null : listed;
  };
  return { ...disk, listBelow };
}
