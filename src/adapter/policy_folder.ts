/**
 * Writes an installed policy: root's, whole or not at all.
 *
 * @module
 */
import { isThere } from "./is_there.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { syncFolder } from "./audit/audit_disk.ts";

/**
 * Writes every file of a policy into a new folder, durably; on failure the folder is taken away.
 *
 * @param files By path relative to the project's root: `.scalpel/policy.yaml` becomes `policy.yaml`.
 * @throws {EngineError} `output_unwritable`.
 */
export function writePolicyFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    makeFolder(folder);
    const folders = new Set<string>();
    for (const [path, bytes] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) {
      const parts = partsOf(path);
      parts.slice(0, -1).forEach((_, index) => {
        folders.add(`${folder}/${parts.slice(0, index + 1).join("/")}`);
      });
      for (const each of folders) if (!isThere(each)) makeFolder(each);
      writeFile(`${folder}/${parts.join("/")}`, bytes);
    }
    for (const each of [...folders].reverse()) syncFolder(each);
    syncFolder(folder);
  } catch (cause) {
    removeFolder(folder);
    const why = oneLine(cause instanceof Error ? cause.message : String(cause), 200);
    throw new EngineError("output_unwritable", `Cannot write the policy to ${folder}: ${why}`, {
      cause,
    });
  }
}

/**
 * Puts a new folder in the place of another by two renames. Between them there is none: whoever
 * reads then waits a moment and reads again (policy_store.ts), or denies.
 *
 * @param former Free name beside them for what was there; it is removed at the end.
 * @throws {EngineError} `output_unwritable`; then the former one stands, or nothing does when even
 *   that failed, and everything is denied.
 */
export function swapFolder(path: string, next: string, former: string): void {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const isFirst = !isThere(path);
  try {
    if (!isFirst) Deno.renameSync(path, former);
    try {
      Deno.renameSync(next, path);
    } catch (error) {
      if (!isFirst) Deno.renameSync(former, path);
      throw error;
    }
    syncFolder(parent);
  } catch (cause) {
    const why = oneLine(cause instanceof Error ? cause.message : String(cause), 200);
    throw new EngineError("output_unwritable", `Cannot put the policy at ${path}: ${why}`, {
      cause,
    });
  }
  removeFolder(former);
}

/** Puts back what a crash between the two renames of swapFolder left, and clears what it did not. */
export function recoverFolder(path: string, next: string, former: string): void {
  if (!isThere(path) && isThere(former)) Deno.renameSync(former, path);
  for (const left of [next, former]) removeFolder(left);
}

export function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // Not made, or for a human to look at: it is under no name that anything reads.
  }
}

function partsOf(path: string): readonly string[] {
  const parts = path.split("/");
  const isOwn = parts[0] === ".scalpel" && parts.length > 1 &&
    parts.every((part) => part !== "" && part !== "." && part !== "..");
  // SECURITY: a name that leads elsewhere would be written as root.
  if (!isOwn) throw new Error(`"${path}" is no file of a policy`);
  return parts.slice(1);
}

function makeFolder(path: string): void {
  Deno.mkdirSync(path, { mode: 0o755 });
  // mkdir's mode is narrowed by the umask; the engine's user must get in.
  Deno.chmodSync(path, 0o755);
}

function writeFile(path: string, bytes: Uint8Array): void {
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o644 });
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
  Deno.chmodSync(path, 0o644);
  file.syncSync();
}
