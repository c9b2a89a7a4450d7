/**
 * Which projects this user's installs guard, and which of them a path concerns.
 *
 * @module
 */
import { type Layout, layoutOf, stateBase, type StateHome } from "../adapter/layout.ts";
import { EngineError } from "../core/errors.ts";
import type { ResolvedPath } from "../core/ports.ts";
import { parseStrictJson } from "../core/strict_json.ts";

/** One install, by its record; its folder in the workspace may be gone, which is for it to notice. */
export interface EnrolledRoot {
  /** Absolute and real when it was made; empty for the root of the disk. */
  readonly root: string;
  readonly stateFolder: string;
}

/** More than a record ever takes. */
const maxRecordBytes = 65_536;

/**
 * Every install of this user whose root is there. A record that cannot be read names no root; its
 * project is then noticed by its log (findUnknownInstall).
 *
 * @throws {EngineError} `not_initialized` when no home is known to keep state in;
 *   `audit_unreadable` when the state folder cannot be listed.
 */
export function listEnrolledRoots(home: StateHome): readonly EnrolledRoot[] {
  const base = stateBase(home);
  const found: EnrolledRoot[] = [];
  for (const id of listNames(base)) {
    const root = readRoot(`${base}/${id}/install.json`);
    if (root !== null && !isGone(root === "" ? "/" : root)) {
      found.push({ root, stateFolder: `${base}/${id}` });
    }
  }
  return found;
}

function listNames(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new EngineError("audit_unreadable", "Cannot list the state folders of installs", {
      hint: `look at ${folder}`,
      cause: error,
    });
  }
}

function readRoot(path: string): string | null {
  try {
    // SECURITY: opening a FIFO would wait for its other end, and no timer could end that.
    const { isFile, size } = Deno.lstatSync(path);
    if (!isFile || size > maxRecordBytes) return null;
    const root = Object(parseStrictJson(Deno.readTextFileSync(path))).root;
    return typeof root === "string" && (root === "" || root.startsWith("/")) ? root : null;
  } catch {
    return null;
  }
}

/** What an install must go on writing: its log, the log's side folder and its mark. */
export function writablePlaces({ root, stateFolder }: EnrolledRoot): readonly string[] {
  const log = `${root}/.scalpel/audit.log`;
  return [log, `${log}.d`, `${stateFolder}/log`];
}

/**
 * Whether an install has a word in what happens at a path: the path lies in its root, in its state
 * folder or is one of `places`; or, unless it is only read, contains one of them.
 */
export function concerns(
  { root, stateFolder }: EnrolledRoot,
  path: string,
  { isRead, places }: { readonly isRead: boolean; readonly places: readonly string[] },
): boolean {
  return [root, stateFolder, ...(isRead ? [] : places)].some((place) =>
    isWithin(path, place) || (!isRead && isWithin(place, path))
  );
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/**
 * A folder above the path that holds a log which none of these installs knows: its record was
 * removed, or another home is in force. Null when there is none.
 */
export function findUnknownInstall(
  { lexical, real }: Pick<ResolvedPath, "lexical" | "real">,
  known: readonly EnrolledRoot[],
): string | null {
  // The name may lead through links; the log lies where the kernel ends.
  for (let folder = real ?? lexical;; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    const isKnown = known.some(({ root }) => root === folder);
    if (!isKnown && isThere(`${folder}/.scalpel/audit.log`)) return folder;
    if (folder === "") return null;
  }
}

function isGone(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The real root of an install, for a folder named on the command line. */
export function rootOf(folder: string, home: StateHome): Layout["root"] {
  return layoutOf(folder, home).root;
}
