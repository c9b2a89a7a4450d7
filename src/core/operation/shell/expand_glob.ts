/**
 * Names on the disk that an unquoted pattern stands for, as the shell would find them now.
 *
 * @module
 */
import { maxMatches } from "../../limits.ts";
import { compileNameGlob, hasGlob } from "./match_name.ts";

/** What of the surroundings is needed: names in a folder, those to come included. */
export type ListNames = (folder: string) => readonly string[];

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
  listNames: ListNames,
): readonly string[] | null {
  const isAbsolute = pattern.startsWith("/");
  let found: readonly string[] = [isAbsolute ? "/" : ""];
  const names = pattern.split("/").filter((name, index) => name !== "" || index === 0);
  for (const [index, name] of (isAbsolute ? names.slice(1) : names).entries()) {
    const isLast = index === names.length - (isAbsolute ? 2 : 1);
    found = hasGlob(name)
      ? found.flatMap((base) => matchIn(base, name, folder, listNames))
      : found.map((base) => join(base, name.replace(/\\(.)/gs, "$1")));
    // A pattern whose last names are literal may name what is not there: one form too many.
    if (found.length > maxMatches) return null;
    if (found.length === 0 && !isLast) return [];
  }
  return pattern.endsWith("/") ? found.map((path) => `${path}/`) : found;
}

function matchIn(
  base: string,
  name: string,
  folder: string,
  listNames: ListNames,
): readonly string[] {
  const matches = compileNameGlob(name);
  const place = base.startsWith("/") ? base : base === "" ? folder : `${folder}/${base}`;
  return listNames(place)
    // Only a pattern that begins with a dot finds names that do.
    .filter((found) => found.startsWith(".") === /^\\?\./.test(name) && matches(found))
    .sort()
    .map((found) => join(base, found));
}

function join(base: string, name: string): string {
  return base === "" || base.endsWith("/") ? base + name : `${base}/${name}`;
}
