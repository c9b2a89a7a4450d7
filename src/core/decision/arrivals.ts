/**
 * What a rename, copy or link brings to its target: a folder comes with all that is in it.
 *
 * @module
 */
import { maxFolderEntries } from "../limits.ts";
import type { Operation } from "../operation/operation.ts";
import type { Disk } from "../ports.ts";

/** Suffixes, with a leading slash, of what would lie below the target, as far as it is known. */
export interface Arrivals {
  /** False: a source holds too much to know, or cannot be listed. */
  readonly isWhole: boolean;
  /** The target is, or may come to be, a folder. */
  readonly isFolder: boolean;
  /** The source takes the target's name. */
  readonly inPlace: readonly string[];
  /** The target is a folder that is there already: the source keeps its name in it, or merges. */
  readonly inFolder: readonly string[];
}

export const noArrivals: Arrivals = {
  isWhole: true,
  isFolder: false,
  inPlace: [],
  inFolder: [],
};

const twoPathTypes: ReadonlySet<string> = new Set(["file_rename", "file_copy", "file_link"]);

/**
 * SECURITY: `mv tmp .claude` creates `.claude/settings.json` when `tmp/settings.json` is there, and
 * `cp .env src` creates `src/.env`: neither names the file it makes.
 */
export function findArrivals({ type, affectedFiles, cwd }: Operation, disk: Disk): Arrivals {
  if (!twoPathTypes.has(type)) return noArrivals;
  // What a link leads to may become a folder later, whatever it is now.
  let isFolder = type === "file_link";
  let isWhole = true;
  const inPlace: string[] = [];
  const inFolder: string[] = [];
  for (const source of affectedFiles.slice(0, -1)) {
    const { kind, real, lexical } = disk.resolve(source, cwd);
    const name = lexical.slice(lexical.lastIndexOf("/"));
    inFolder.push(name);
    if (kind === "file" || kind === "other") continue;
    isFolder = true;
    if (kind !== "directory") continue;
    const folder = real ?? lexical;
    const entries = disk.listBelow(folder, maxFolderEntries);
    if (entries === null) isWhole = false;
    for (const path of entries ?? []) {
      const suffix = path.slice(folder === "/" ? 0 : folder.length);
      inPlace.push(suffix);
      inFolder.push(suffix, name + suffix);
    }
  }
  return { isWhole, isFolder, inPlace, inFolder };
}
