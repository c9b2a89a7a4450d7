/**
 * Paths in the input of a tool nobody knows. What the tool does stays in doubt; that a protected
 * file is named does not.
 *
 * @module
 */
import { maxToolPaths } from "../limits.ts";
import type { Json, JsonObject } from "./operation.ts";
import { isPath } from "./path.ts";

/** Keys whose strings are paths whatever they look like: `path`, `old_file`, `targetDirs`. */
const pathKey =
  /(?:path|path_?name|file|file_?name|dir|directory|folder|source|src|destination|dest|dst|target|uri|cwd|root)s?(?:_?(?:\d{1,3}|list))?$/i;

/** Strings that are paths whatever they are called. */
const pathShapes: readonly RegExp[] = [
  /^(?:\/|\.{1,2}(?:\/|$)|~\/)/,
  /^[^\s]*\/[^\s]*$/,
  // A file such as `.env`; not an ellipsis, not a decimal.
  /^\.[A-Za-z_][^\s/]*$/,
];

/**
 * Collects what may be a path, each once, in the order of the input; at most limits.maxToolPaths.
 * Strings that parsePath refuses name no file and are left out.
 */
export function findToolPaths(input: JsonObject): readonly string[] {
  const found = new Set<string>();
  const pending: (readonly [key: string, value: Json])[] = Object.entries(input).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [key, value] = next;
    if (typeof value === "string") addPath(found, key, value);
    else if (Array.isArray(value)) {
      // Elements are what their list is called.
      for (const element of [...value].reverse()) pending.push([key, element]);
    } else if (typeof value === "object" && value !== null) {
      // One by one: an input may have more members than a call takes arguments.
      for (const member of Object.entries(value).reverse()) pending.push(member);
    }
    if (found.size >= maxToolPaths) break;
  }
  return [...found];
}

function addPath(found: Set<string>, key: string, text: string): void {
  const path = plainPath(text);
  if (path === null || !(isPathKey(key) || looksLikePath(path))) return;
  if (isPath(path)) found.add(path);
}

/** The path a text stands for; null for a web address, and a `file:` URL that is none. */
export function plainPath(text: string): string | null {
  if (/^https?:\/\//i.test(text)) return null;
  return /^file:/i.test(text) ? pathOfUrl(text) : text;
}

/** Whether a text is a path by what it is called. */
export function isPathKey(key: string): boolean {
  return pathKey.test(key);
}

/** Whether a text is a path by what it looks like. */
export function looksLikePath(text: string): boolean {
  return pathShapes.some((shape) => shape.test(text));
}

function pathOfUrl(text: string): string | null {
  try {
    return decodeURIComponent(new URL(text).pathname);
  } catch {
    return null;
  }
}
