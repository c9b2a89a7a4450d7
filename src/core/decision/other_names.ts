/**
 * Other names of a file: writing to a hard link writes to every name the file has.
 *
 * @module
 */
import { maxFolderEntries } from "../limits.ts";
import { type PathView, viewPath } from "../operation/path.ts";
import type { Disk, ResolvedPath } from "../ports.ts";

/** What a policy guards beyond changes of what it names. */
export interface Guard {
  /** Reading may be denied too: folders that are only read are looked through. */
  readonly reads: boolean;
  /** Whether the policy speaks of this name; other names of a file are looked up among these. */
  readonly names: (view: PathView) => boolean;
}

/** Guards nothing beyond the built-in patterns, and takes every name for one of the policy's. */
export const plainGuard: Guard = { reads: false, names: () => true };

export interface OtherNames {
  /** Absolute. */
  readonly paths: readonly string[];
  /** False when the project holds too much to look through. */
  readonly isWhole: boolean;
}

const noOtherNames: OtherNames = { paths: [], isWhole: true };

/**
 * Guarded names in the project that lead to the same file. Costs a walk of the project, for files
 * that have a second name only. A second name outside the project is not found.
 */
export function findOtherNames(
  { linkCount, identity, lexical, real }: ResolvedPath,
  disk: Disk,
  { names }: Guard,
): OtherNames {
  if ((linkCount ?? 1) < 2) return noOtherNames;
  const entries = disk.listBelow(disk.root, maxFolderEntries);
  if (entries === null || identity === null) return { paths: [], isWhole: false };
  const paths = entries.filter((path) =>
    path !== lexical && path !== real && names(viewNamed(path, disk.root)) &&
    disk.resolve(path, null).identity === identity
  );
  return { paths, isWhole: true };
}

/** What patterns see of a path by its name alone. */
export function viewNamed(path: string, root: string): PathView {
  const resolved: ResolvedPath = {
    written: path.slice(root === "/" ? 1 : root.length + 1),
    lexical: path,
    real: null,
    kind: "unknown",
    sizeBytes: null,
    linkCount: null,
    identity: null,
    failure: null,
  };
  return viewPath(resolved, root);
}
