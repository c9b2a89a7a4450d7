/**
 * Names on the disk that an unquoted pattern stands for, as the shell would find them now.
 *
 * @module
 */
import { maxMatches } from "../../limits.ts";
import { trimSlashes } from "./programs/trim_slashes.ts";
import { compileNameGlob, hasGlob } from "./match_name.ts";

/** What a pattern is looked up in: the disk, and what the command itself will have made. */
export interface Names {
  readonly list: (folder: string) => readonly string[];
  /** Whether something may be there; a folder, when `isFolder`. */
  readonly mayExist: (path: string, isFolder: boolean) => boolean;
}

/**
 * Paths that match, as the shell would write them; empty when none does, null when there are more
 * than limits.maxMatches.
 *
 * @param pattern Glob with `\` before every literal character that would be one of its own.
 * @param folder Absolute working folder.
 */
export function expandGlob(
  pattern: string,
  folder: string,
  names: Names,
): readonly string[] | null {
  let found: readonly string[] = [""];
  // Names and the slashes between them, which stay as they were written.
  for (const part of pattern.match(/\/+|[^/]+/g) ?? []) {
    if (!hasGlob(part)) {
      const literal = part.replace(/\\(.)/gs, "$1");
      found = found.map((base) => base + literal);
    } else {
      found = found.flatMap((base) => matchIn(base, part, { folder, names }));
    }
    if (found.length > maxMatches) return null;
  }
  return found.filter((path) =>
    names.mayExist(absolute(trimSlashes(path), folder), path.endsWith("/"))
  );
}

function matchIn(
  base: string,
  name: string,
  { folder, names }: { readonly folder: string; readonly names: Names },
): readonly string[] {
  const matches = compileNameGlob(name);
  const mayHide = /^\\?\./.test(name);
  const isRoot = /^\/+$/.test(base);
  return names.list(isRoot ? "/" : absolute(trimSlashes(base), folder))
    // Only a pattern that begins with a dot finds names that do.
    .filter((found) => found.startsWith(".") === mayHide && matches(found))
    .sort()
    .map((found) => base + found);
}

function absolute(path: string, folder: string): string {
  if (path.startsWith("/")) return path;
  const base = folder === "/" ? "" : folder;
  return path === "" ? folder : `${base}/${path}`;
}
