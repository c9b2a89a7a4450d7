/**
 * The disk as decisions see it: the kernel says what a path is, and what it will not say is a
 * failure, never a guess.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";
import { maxFolderEntries } from "../core/limits.ts";
import type { Disk, FileKind, ResolvedPath } from "../core/ports.ts";

/** Symlinks followed in one path, as Linux does (path_resolution(7)). */
const maxLinks = 40;

/** What the kernel says of one path. */
type Answer = Pick<
  ResolvedPath,
  "real" | "kind" | "sizeBytes" | "linkCount" | "identity" | "failure" | "isMounted"
>;

/**
 * Opens the disk below a project root, which is made real once.
 *
 * @param root Existing folder; may be relative to the process or lead through symlinks.
 * @param ownPlaces Absolute paths of what belongs to the engine.
 * @param home Home folder of whoever's commands are judged.
 * @throws {EngineError} `usage` - no folder there, or it cannot be looked at.
 */
export function openDisk(
  root: string,
  ownPlaces: readonly string[] = [],
  home: string | null = null,
): Disk {
  const named = foldPath(root.startsWith("/") ? root : `${Deno.cwd()}/${root}`);
  const real = openRoot(root);
  const device = Deno.statSync(real).dev;
  const resolve = (written: string, cwd: string | null): ResolvedPath => {
    const folder = cwd === null || cwd === "" ? null : join(real, cwd);
    const lexical = rebase(foldPath(join(folder ?? real, written)), named, real);
    const answer = askFrom(folder, real, written);
    const isMounted = answer.real !== null && isInside(answer.real, real) &&
      !isOnDevice(answer.real, device);
    return { written, lexical, ...answer, ...(isMounted ? { isMounted } : {}) };
  };
  return {
    root: real,
    ownPlaces: ownPlaces.map(realOrSelf),
    resolve,
    listBelow,
    listNames,
    readBytes,
    home,
  };
}

function realOrSelf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // Not made yet: then nothing else can be meant by the name.
    return path;
  }
}

function openRoot(root: string): string {
  try {
    const real = Deno.realPathSync(root);
    if (Deno.statSync(real).isDirectory) return real;
  } catch (thrown) {
    throw rootError(root, failureName(thrown), thrown);
  }
  throw rootError(root, "ENOTDIR", null);
}

function rootError(root: string, failure: string, cause: unknown): EngineError {
  return new EngineError(
    "usage",
    `Cannot open project root "${oneLine(root, 80)}": got ${failure}, wanted a folder`,
    { cause, hint: "Name the root of the project with --root" },
  );
}

function join(base: string, path: string): string {
  return path.startsWith("/") ? path : `${base}/${path}`;
}

/** An absolute path by text alone: `.`, `..` and empty names folded, no trailing slash. */
function foldPath(path: string): string {
  if (!/\/(?:\.{0,2}\/|\.{0,2}$)/.test(path)) return path;
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** The root as it was named at the start is the root, although a symlink leads there. */
function rebase(path: string, named: string, real: string): string {
  if (named === real || !`${path}/`.startsWith(`${named}/`)) return path;
  return real + path.slice(named.length);
}

/** A working folder that is not there moves the meaning of every path in it: a failure. */
function askFrom(folder: string | null, root: string, written: string): Answer {
  if (folder === null) return ask(join(root, written));
  const { real, kind, failure } = ask(folder);
  if (real === null) return fail(failure ?? "EIO");
  if (kind !== "directory") return fail(kind === "missing" ? "ENOENT" : "ENOTDIR");
  return ask(join(real, written));
}

// SECURITY: a name that is not UTF-8 reads back as another name, which no pattern may match.
function ask(path: string): Answer {
  try {
    const answer = askKernel(path) ?? follow(path);
    return answer.real?.includes("\ufffd") ? fail("EILSEQ") : answer;
  } catch (thrown) {
    return fail(failureName(thrown));
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/**
 * Whether the folder something lies in, or the deepest one that exists, is on a file system. Only folders are
 * asked: a file on an overlay may carry the number of the layer it comes from.
 */
function isOnDevice(real: string, device: number): boolean {
  try {
    for (let path = real; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
      const info = lstatOrNull(path);
      if (info?.isDirectory) return info.dev === device;
    }
    return Deno.lstatSync("/").dev === device;
  } catch {
    // It was there a moment ago.
    return false;
  }
}

/**
 * The short way, for what is there: one call for the path, one for the file. Null when it is not,
 * or when a link led there.
 *
 * SECURITY: unless it may do everything, Deno folds a path by text before the kernel sees it, so
 * that `link/..` is the wrong folder and `file/` a file: those are walked by hand. So are links:
 * one of /proc (`cwd`, `root`, `fd/3`) is another place for each process, and the kernel would say
 * where it leads this one.
 */
function askKernel(path: string): Answer | null {
  if (foldPath(path) !== path) return null;
  try {
    const real = Deno.realPathSync(path);
    const info = real === path ? Deno.lstatSync(real) : null;
    // It became a link since it was resolved.
    return info === null || info.isSymlink ? null : describe(real, info);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

/**
 * The kernel's walk (path_resolution(7)): symlinks of the deepest existing ancestor followed, the
 * rest appended. A dangling symlink counts as the place it points to, which is where a write
 * through it would create the file.
 */
function follow(path: string): Answer {
  const pending = path.split("/").reverse();
  let real = "/";
  // What is at `real`: null when nothing, undefined when not looked at.
  let here: Deno.FileInfo | null | undefined;
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "" || name === ".") continue;
    const next = foldPath(`${real}/${name}`);
    const info = name === ".." ? undefined : here === null ? null : lstatOrNull(next);
    if (info?.isSymlink) {
      if (++links > maxLinks) return fail("ELOOP");
      // SECURITY: `self`, `cwd`, `root`, `fd/3`: whoever asks is sent elsewhere than this process.
      if (next.startsWith("/proc/")) return fail(kernelPlace);
      const target = Deno.readLinkSync(next);
      if (target.startsWith("/")) real = "/";
      here = undefined;
      pending.push(...target.split("/").reverse());
      continue;
    }
    if (info && !info.isDirectory && pending.length > 0) return fail("ENOTDIR");
    real = next;
    here = info;
  }
  if (here === undefined) here = lstatOrNull(real);
  return here === null ? { ...absent, real } : describe(real, here);
}

function lstatOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

function describe(real: string, info: Deno.FileInfo): Answer {
  return {
    real,
    kind: kindOf(info),
    sizeBytes: info.isFile ? info.size : null,
    linkCount: info.isFile ? info.nlink : null,
    identity: info.ino === null ? null : `${info.dev}:${info.ino}`,
    failure: null,
  };
}

function kindOf(info: Deno.FileInfo): FileKind {
  return info.isFile ? "file" : info.isDirectory ? "directory" : "other";
}

const absent: Answer = {
  real: null,
  kind: "missing",
  sizeBytes: null,
  linkCount: null,
  identity: null,
  failure: null,
};

// SECURITY: never the parent's answer instead; CVE-2025-53109 was that fallback.
function fail(failure: string): Answer {
  return { ...absent, kind: "unknown", failure };
}

const kernelPlace = "a place in /proc, /dev or /sys";

function failureName(thrown: unknown): string {
  // The runtime keeps these to those who may do everything; see askKernel.
  if (thrown instanceof Deno.errors.NotCapable) return kernelPlace;
  if (!(thrown instanceof Error)) return "EIO";
  return "code" in thrown && typeof thrown.code === "string" ? thrown.code : thrown.name;
}

function listBelow(absolute: string, limit: number): readonly string[] | null {
  const paths: string[] = [];
  const folders = [absolute];
  try {
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of Deno.readDirSync(folder)) {
        // A name that is not UTF-8, as in ask().
        if (paths.length >= limit || entry.name.includes("\ufffd")) return null;
        const path = folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
        paths.push(path);
        if (entry.isDirectory) folders.push(path);
      }
    }
    return paths;
  } catch {
    return null;
  }
}

function listNames(absolute: string): readonly string[] | null {
  try {
    const names: string[] = [];
    for (const { name } of Deno.readDirSync(absolute)) {
      if (names.push(name) > maxFolderEntries) return null;
    }
    return names;
  } catch {
    return null;
  }
}

function readBytes(absolute: string, maxBytes: number): Uint8Array | null {
  try {
    // SECURITY: opening a pipe would wait for whoever writes to it.
    const { isFile, size } = Deno.statSync(absolute);
    if (!isFile || size > maxBytes) return null;
    const bytes = Deno.readFileSync(absolute);
    return bytes.length > maxBytes ? null : bytes;
  } catch {
    return null;
  }
}
