/**
 * The paths a decision's entry names, in the spellings patterns are tried on. The entry holds at
 * most 12 files and 12 effects, each cut to a length (decision/SPEC.md, section 8): a name that was
 * cut off cannot be found, the folders before it can.
 *
 * @module
 */
import type { Json, JsonObject } from "../operation/operation.ts";
import { pathForms } from "../operation/path_forms.ts";

/** Verbs whose resource is a program, a tool or a host. */
const otherVerbs: ReadonlySet<string> = new Set(["execute", "call", "connect"]);

/**
 * Forms of every path of a decision's details, relative to the root and absolute, by text alone:
 * links are not followed, the disk may be another one by now.
 *
 * @param root Absolute, without trailing slash.
 */
export function recordedPathForms(details: JsonObject, root: string): readonly string[] {
  const operation = objectIn(details, "operation");
  const cwd = operation["cwd"];
  const folder = typeof cwd === "string" ? absoluteOf(cwd, root) : root;
  const paths = [...textsIn(operation, "files"), ...textsIn(details, "effects").flatMap(pathOf)];
  // A relative effect of a command may be written from either place: both are tried.
  const absolutes = paths.flatMap((path) => [absoluteOf(path, folder), absoluteOf(path, root)]);
  return [...new Set(absolutes)].flatMap((absolute) => formsOf(absolute, root));
}

function formsOf(lexical: string, root: string): readonly string[] {
  return pathForms({
    written: lexical,
    lexical,
    real: null,
    kind: "unknown",
    sizeBytes: null,
    linkCount: null,
    identity: null,
    failure: null,
  }, root).forms;
}

/** `write src/a.ts` or, where it may not happen, `?write src/a.ts`. */
function pathOf(effect: string): readonly string[] {
  const at = effect.indexOf(" ");
  const verb = effect.slice(effect.startsWith("?") ? 1 : 0, at);
  return at < 0 || otherVerbs.has(verb) ? [] : [effect.slice(at + 1)];
}

function absoluteOf(path: string, folder: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as JsonObject : {};
}

function textsIn(object: JsonObject, key: string): readonly string[] {
  const value: Json | undefined = object[key];
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : [];
}
