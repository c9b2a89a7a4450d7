/**
 * A path that something is done to, from an argument in a working folder to effects.
 *
 * @module
 */
import { EngineError } from "../../errors.ts";
import { maxFolderEntries } from "../../limits.ts";
import type { Verb } from "../effect.ts";
import { parsePath } from "../path.ts";
import { foldPath } from "./fold_path.ts";
import { compileNameGlob } from "./match_name.ts";
import type { Argument, FoundPaths } from "./program_use.ts";
import type { Shell } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";

/** Adds the effects, or the doubt, of one touch. */
export function touchPath(
  shell: Shell,
  verb: Verb,
  argument: Argument,
  state: Pick<ShellState, "folders">,
  isPossible = false,
): void {
  if (argument.found !== undefined) return touchFound(shell, verb, argument.found, state);
  if (!argument.isKnown) {
    if (isPossible) return;
    const shown = argument.text === "" ? "a path" : `the path "${argument.text}..."`;
    return doubt(shell, verb, `${shown} it would ${verb} is not known before it runs`);
  }
  for (const path of placesOf(shell, argument.text, state)) {
    if (path === null) doubt(shell, verb, `the folder of "${argument.text}" is not known`);
    else touchOne(shell, verb, path, isPossible);
  }
}

function doubt({ plan }: Shell, verb: Verb, reason: string): void {
  plan.doubt(verb === "read" ? "unknown_read" : "unverified", reason);
}

/** Paths an argument may mean, each as an operation would write it; null for one nobody knows. */
export function placesOf(
  { surroundings }: Pick<Shell, "surroundings">,
  text: string,
  { folders }: Pick<ShellState, "folders">,
): readonly (string | null)[] {
  if (text === "") return [];
  if (text.startsWith("/")) return [text];
  if (folders.length === 0) return [null];
  // Names in the root stay as they are written: people read them.
  return folders.map((folder) =>
    folder === surroundings.root ? text : `${folder === "/" ? "" : folder}/${text}`
  );
}

/** A place as placesOf returns it, made absolute and plain. */
export function absoluteIn(root: string, place: string): string {
  return foldPath(place.startsWith("/") ? place : `${root}/${place}`);
}

function touchOne(shell: Shell, verb: Verb, path: string, isPossible: boolean): void {
  if (verb === "read" ? shell.plan.streams.isStream(path) : writesStream(shell, path)) return;
  const host = /^\/dev\/(?:tcp|udp)\/([^/]+)/.exec(path)?.[1];
  if (host !== undefined) {
    return shell.plan.effect({ verb: "connect", resource: host, kind: "host" });
  }
  // SECURITY: /proc/self is another process's for us than for the command.
  if (/^\/(?:proc|dev\/fd)(?:\/|$)/.test(path) || path.includes("/proc/self/")) {
    return doubt(shell, verb, `"${path}" is another file for every process`);
  }
  if (isBelowFile(shell, path)) return;
  if (!isPlainPath(path)) {
    return isPossible ? undefined : doubt(shell, verb, `"${path.slice(0, 80)}" is no plain path`);
  }
  const effect = { verb, resource: path, kind: "path" } as const;
  shell.plan.effect(isPossible ? { ...effect, isPossible } : effect);
}

/** Whether the path is a standard stream, told when nobody knows which file is behind it. */
function writesStream({ plan }: Shell, path: string): boolean {
  const kind = plan.streams.write(path);
  if (kind === "unknown") plan.doubt("unverified", `which file is behind "${path}" is not known`);
  return kind !== null;
}

/** `cp a b` writes `b/a` where b is a folder; where it is a file, there is no such path. */
function isBelowFile({ surroundings, plan }: Shell, path: string): boolean {
  const absolute = absoluteIn(surroundings.root, path);
  const folder = absolute.slice(0, absolute.lastIndexOf("/")) || "/";
  return surroundings.kindOf(folder) === "file" &&
    !plan.replaces(folder, (resource) => absoluteIn(surroundings.root, resource));
}

function isPlainPath(path: string): boolean {
  try {
    parsePath(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof EngineError) return false;
    throw thrown;
  }
}

/** Every file a search finds now; what it would find later is what the command itself makes. */
function touchFound(
  shell: Shell,
  verb: Verb,
  found: FoundPaths,
  state: Pick<ShellState, "folders">,
): void {
  for (const place of placesOf(shell, found.folder, state)) {
    if (place === null) {
      doubt(shell, verb, `the folder of "${found.folder}" is not known`);
    } else if (found.name === null || verb === "read") {
      // The folder stands for all that is below it.
      touchOne(shell, verb, place, false);
    } else {
      touchMatches(shell, verb, { folder: place, name: found.name });
    }
  }
}

/** What may happen to any file of a folder is told of those that are protected. */
export function touchProtectedBelow(
  { surroundings, plan }: Shell,
  verb: Verb,
  found: FoundPaths,
  state: Pick<ShellState, "folders">,
): void {
  const matches = found.name === null ? () => true : compileNameGlob(found.name);
  for (const place of placesOf({ surroundings }, found.folder, state)) {
    if (place === null) return plan.doubt("opaque", `the folder of "${found.folder}" is not known`);
    const folder = absoluteIn(surroundings.root, place);
    if (surroundings.kindOf(folder) !== "directory") continue;
    const below = surroundings.listBelow(folder, maxFolderEntries);
    if (below === null) return plan.doubt("opaque", `"${place}" holds too much to look through`);
    for (const resource of below) {
      if (!matches(resource.slice(resource.lastIndexOf("/") + 1))) continue;
      if (!surroundings.isProtected(resource)) continue;
      plan.effect({ verb, resource, kind: "path", isPossible: true });
    }
  }
}

function touchMatches(
  shell: Shell,
  verb: Verb,
  { folder, name }: { readonly folder: string; readonly name: string },
): void {
  const { surroundings, plan } = shell;
  // What is made anew has a name like this one.
  if (verb === "write" || verb === "create") {
    touchOne(shell, verb, `${folder}/${name.replaceAll("*", "aa").replaceAll("?", "a")}`, false);
  }
  const root = folder.startsWith("/") ? folder : `${surroundings.root}/${folder}`;
  const below = surroundings.kindOf(root) === "missing"
    ? []
    : surroundings.listBelow(root, maxFolderEntries);
  if (below === null) return plan.doubt("unverified", `"${folder}" holds too much to look through`);
  const matches = compileNameGlob(name);
  for (const path of below) {
    if (matches(path.slice(path.lastIndexOf("/") + 1))) touchOne(shell, verb, path, false);
  }
}
