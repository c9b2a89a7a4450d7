/**
 * Whether nobody but root, or one more user, can change what a path leads to: its own owner and mode
 * and those of every folder above it (as sshd's StrictModes).
 *
 * An access control list needs no look of its own: the group bits of a mode are the list's mask
 * (acl(5)), so whoever it lets write shows there.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";

export interface PlaceFault {
  readonly path: string;
  /** e.g. `it belongs to uid 1000`. */
  readonly why: string;
  /** What to run; null when chmod and chown do not help. */
  readonly fix: string | null;
}

/** Uids that may own something, or those that may not. */
export type PlaceOwners = readonly number[] | { readonly anyBut: readonly number[] };

export interface PlaceRules {
  /** Who may own the path itself; folders above may be root's as well. */
  readonly owners: PlaceOwners;
  /** Bits the path itself must not have, beside writing for group and others; default none. */
  readonly forbidden?: number;
  readonly kind: "file" | "folder";
  /** Whether a folder above may be open to all where it is sticky (/tmp): for what is there already. */
  readonly allowsSticky?: boolean;
}

/** Writing for group and others. */
const writeByOthers = 0o022;
/** Only the owner of an entry, or of the folder, renames or removes it (inode(7)). */
const sticky = 0o1000;

/**
 * The first thing wrong with an absolute path, from the top; null when all is right.
 *
 * SECURITY: a sticky folder is refused too, unless the rules say otherwise. Nobody can rename there
 * what is another's, but anybody can make what is not there yet.
 */
export function findPlaceFault(path: string, rules: PlaceRules): PlaceFault | null {
  const parts = path.split("/").filter((part) => part !== "");
  const folders = parts.map((_, index) => `/${parts.slice(0, index).join("/")}`);
  const owners = "anyBut" in rules.owners ? rules.owners : [0, ...rules.owners];
  const above = rules.allowsSticky === true ? { allowsSticky: true } : {};
  for (const folder of folders) {
    const fault = faultOf(folder, { owners, kind: "folder", ...above });
    if (fault !== null) return fault;
  }
  return faultOf(path, rules);
}

/** @throws {EngineError} `guard_unsafe` with the fault of findPlaceFault. */
export function requireTrustedPlace(path: string, rules: PlaceRules): void {
  const fault = findPlaceFault(path, rules);
  if (fault === null) return;
  throw new EngineError("guard_unsafe", `Cannot trust "${oneLine(fault.path)}": ${fault.why}`, {
    hint: fault.fix ?? "put it back as `sealward init --guarded` made it",
  });
}

function faultOf(path: string, rules: PlaceRules): PlaceFault | null {
  const info = look(path);
  if (typeof info === "string") return { path, why: info, fix: null };
  return findEntryFault(path, info, rules);
}

/** The first thing wrong with what `info` says of the path alone; null when all is right. */
export function findEntryFault(
  path: string,
  info: Deno.FileInfo,
  rules: PlaceRules,
): PlaceFault | null {
  const forbidden = writeByOthers | (rules.forbidden ?? 0);
  const is = (why: string, fix: string | null = null): PlaceFault => ({ path, why, fix });
  if (info.isSymlink) return is("it is a symbolic link");
  if (rules.kind === "folder" ? !info.isDirectory : !info.isFile) {
    return is(`it is no ${rules.kind}`);
  }
  if (rules.kind === "file" && info.nlink !== 1) return is("it has more than one name (hard link)");
  const uid = info.uid ?? -1;
  const { owners } = rules;
  const isOwner = "anyBut" in owners
    ? uid >= 0 && !owners.anyBut.includes(uid)
    : owners.includes(uid);
  if (!isOwner) {
    const wanted = "anyBut" in owners ? 0 : owners[0];
    return is(`it belongs to uid ${uid}`, `chown ${wanted} ${path}`);
  }
  const mode = (info.mode ?? 0o777) & 0o7777;
  const shown = mode.toString(8).padStart(3, "0");
  const isOpen = rules.kind === "folder" && rules.allowsSticky === true && (mode & sticky) !== 0;
  if (isOpen || (mode & forbidden) === 0) return null;
  const [what, fix] = (mode & writeByOthers) === 0 ? ["reach", "go-rwx"] : ["write", "go-w"];
  return is(`its mode is ${shown}, others can ${what} it`, `chmod ${fix} ${path}`);
}

function look(path: string): Deno.FileInfo | string {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "it is missing" : "it cannot be looked at";
  }
}
