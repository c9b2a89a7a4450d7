/**
 * Where the files on disk are not those of a manifest.
 *
 * @module
 */
import type { ManifestFile } from "./manifest.ts";

/** Paths that are new, gone or different, sorted; empty where both lists are the same. */
export function findChangedFiles(
  listed: readonly ManifestFile[],
  found: readonly ManifestFile[],
): readonly string[] {
  const before = new Map(listed.map((file) => [file.path, file]));
  const after = new Map(found.map((file) => [file.path, file]));
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => {
    const [one, other] = [before.get(path), after.get(path)];
    return one?.sha256 !== other?.sha256 || one?.size !== other?.size;
  }).sort();
}
