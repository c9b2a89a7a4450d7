/**
 * Paths made of words that may be unknown.
 *
 * @module
 */
import type { Argument, FoundPaths } from "../program_use.ts";
import { foundBelow, unknown } from "./use_builder.ts";
import { trimSlashes } from "./trim_slashes.ts";

/** Last name of a path as written; empty when it has none (`/`, `.`, `..`). */
export function lastName(path: string): string {
  const name = path.split("/").findLast((part) => part !== "") ?? "";
  return name === "." || name === ".." ? "" : name;
}

/** Folder of a path as written: `.` for a bare name. */
export function folderOf(path: string): string {
  const slash = trimSlashes(path).lastIndexOf("/");
  return slash === -1 ? "." : path.slice(0, slash) || "/";
}

/** A path inside a folder; an absolute path stays what it is. */
export function inFolder(folder: Argument, path: Argument): Argument {
  if (path.text.startsWith("/")) return path;
  if (!folder.isKnown) return folder.found === undefined ? unknown(folder.text) : folder;
  const start = folder.text === "/" ? "/" : `${trimSlashes(folder.text)}/`;
  if (path.found !== undefined) {
    const below = path.found.folder.startsWith("/") ? path.found.folder : start + path.found.folder;
    return foundBelow(below, path.found.name);
  }
  return { ...path, text: start + path.text };
}

/** What a source becomes when it lands in a folder. */
export function landing(folder: Argument, source: Argument): Argument {
  if (source.found !== undefined) {
    return folder.isKnown ? foundBelow(folder.text, source.found.name) : folder;
  }
  if (!source.isKnown) return folder.isKnown ? unknown(`${folder.text}/`) : folder;
  return inFolder(folder, { text: lastName(source.text), isKnown: true });
}

/** One place that covers all of these; null when there is none, or nobody knows. */
export function commonFound(paths: readonly Argument[]): FoundPaths | null {
  if (paths.some(({ isKnown }) => !isKnown)) return null;
  const [only, second] = paths;
  if (only !== undefined && second === undefined) return { folder: only.text, name: null };
  const isInside = paths.every(({ text }) => !/^[/~]|(?:^|\/)\.\.(?:\/|$)/.test(text));
  return isInside ? { folder: ".", name: null } : null;
}

/** Where `-iSUFFIX` leaves the file as it was: `*` in the suffix is the file's own name. */
export function backupOf(file: Argument, suffix: Argument): Argument {
  if (!file.isKnown) return file;
  if (!suffix.text.includes("*")) {
    return { text: `${file.text}${suffix.text}`, isKnown: suffix.isKnown };
  }
  const slash = file.text.lastIndexOf("/") + 1;
  const name = suffix.text.replaceAll("*", () => file.text.slice(slash));
  const folder = suffix.text.includes("/") ? "" : file.text.slice(0, slash);
  return { text: folder + name, isKnown: suffix.isKnown };
}
