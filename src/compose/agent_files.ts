/**
 * Settings files of agents' hosts, and the shell a canary is run by. Used by a human's commands,
 * before anything is sealed; writes only the file it is told to, and its backup.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import { randomBytes } from "../adapter/random.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { maxOperationBytes } from "../core/limits.ts";
import { decodeUtf8 } from "../core/strict_json.ts";
import type { AgentFiles, Replacement } from "../edge/hook/wiring/agent_files.ts";
import type { Backup } from "../edge/hook/wiring/edit_settings.ts";
import type { HostName } from "../edge/hook/wiring/hook_line.ts";
import { hostWirings } from "../edge/hook/wiring/host_wirings.ts";
import type { Surroundings } from "./environment.ts";
import { runShellLine } from "./run_shell_line.ts";

export function openAgentFiles(surroundings: Surroundings): AgentFiles {
  const program = Deno.build.standalone ? Deno.execPath() : null;
  return {
    program,
    userFolder: (host) => userFolderOf(surroundings, host),
    read: (path) => readSettings(surroundings, path)?.text ?? null,
    readBackups,
    replace: (replacement) => replaceSettings(surroundings, replacement),
    removeBackup: (path) => Deno.removeSync(path),
    isRunnable,
    isThisProgram: (path) => program !== null && realPath(path) === realPath(program),
    runLine: (line, stdin, cwd) => runShellLine(surroundings, { line, stdin, cwd }),
    newId: () => encodeHex(randomBytes(16)),
  };
}

function userFolderOf({ variable }: Surroundings, host: HostName): string | null {
  const { variable: mover, name, isHome } = hostWirings[host].userFolder;
  const moved = mover === null ? undefined : Deno.env.get(mover);
  if (moved?.startsWith("/")) return withoutSlash(moved) + (isHome === true ? `/${name}` : "");
  const home = variable("HOME");
  return home?.startsWith("/") ? `${withoutSlash(home)}/${name}` : null;
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

interface Settings {
  readonly text: string;
  readonly mode: number;
  /** Null where the system does not say. */
  readonly uid: number | null;
}

function isOwn({ uid }: Surroundings, owner: number | null): boolean {
  return uid === null || owner === null || owner === uid;
}

function foreign(path: string, owner: number | null): EngineError {
  return refused(path, `it belongs to user ${owner}`, "run this as that user");
}

function readSettings(surroundings: Surroundings, path: string): Settings | null {
  refuseLinkedFolder(path);
  try {
    const { file, stat } = openPlainFile(path, { read: true });
    try {
      // SECURITY: another user's file says what that user likes. Root's, as the machine's settings
      // are, binds everybody, and may be read.
      if (!isOwn(surroundings, stat.uid) && stat.uid !== 0) throw foreign(path, stat.uid);
      const bytes = readLimited(file, maxOperationBytes);
      if (bytes === null) throw refused(path, `it is over ${maxOperationBytes} bytes`);
      const mode = (stat.mode ?? 0o644) & 0o777;
      return { text: decodeUtf8(bytes, "settings_invalid"), mode, uid: stat.uid };
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof PlainFileError)) throw error;
    if (error.fault === "missing") return null;
    throw refused(path, error.message, "make it a plain file of its own");
  }
}

// SECURITY: behind a linked folder the settings have a second path that no pattern protects.
function refuseLinkedFolder(path: string): void {
  const folder = folderOf(path);
  try {
    if (!Deno.lstatSync(folder).isSymlink) return;
  } catch {
    return;
  }
  throw refused(path, `${folder} is a symbolic link`, "make it a folder of its own");
}

function replaceSettings(surroundings: Surroundings, replacement: Replacement): string | null {
  const { path, before, after, keepsBackup } = replacement;
  const now = readSettings(surroundings, path);
  if (now !== null && !isOwn(surroundings, now.uid)) throw foreign(path, now.uid);
  // SECURITY: between showing and writing somebody may have changed the file.
  if ((now?.text ?? null) !== before) {
    throw refused(path, "it changed while you looked", "try again");
  }
  try {
    Deno.mkdirSync(folderOf(path), { recursive: true });
    const backup = keepsBackup && now !== null ? writeBackup(path, now) : null;
    if (after === null) Deno.removeSync(path);
    else putInPlace(path, after, now?.mode ?? 0o644);
    return backup;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError("output_unwritable", `Cannot write "${path}": ${oneLine(reason)}`, {
      hint: "look for missing rights, or a full disk; nothing half-written is left in its place",
      cause: error,
    });
  }
}

function putInPlace(path: string, text: string, mode: number): void {
  const temporary = `${folderOf(path)}/.${path.slice(path.lastIndexOf("/") + 1)}.sealward-new`;
  writeNew(temporary, text, mode, () => removeIfThere(temporary));
  try {
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

/** The first free number; a name that is taken is never written to. */
function writeBackup(path: string, { text, mode }: Settings): string {
  for (let number = 1;; number++) {
    const backup = `${path}.sealward-backup-${number}`;
    try {
      writeNew(backup, text, mode);
      return backup;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function writeNew(path: string, text: string, mode: number, prepare = () => {}): void {
  prepare();
  // createNew neither follows a planted link nor overwrites.
  const file = Deno.openSync(path, { write: true, createNew: true, mode });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
    // The mask of the process has narrowed the mode given above.
    Deno.chmodSync(path, mode);
    file.syncSync();
  } catch (error) {
    removeIfThere(path);
    throw error;
  } finally {
    file.close();
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function readBackups(path: string): readonly Backup[] {
  const name = `${path.slice(path.lastIndexOf("/") + 1)}.sealward-backup-`;
  return namesIn(folderOf(path))
    .filter((each) => each.startsWith(name) && /^[1-9][0-9]{0,8}$/.test(each.slice(name.length)))
    .sort((a, b) => Number(b.slice(name.length)) - Number(a.slice(name.length)))
    .flatMap((each) => readBackup(`${folderOf(path)}/${each}`));
}

function readBackup(path: string): readonly Backup[] {
  try {
    const { file } = openPlainFile(path, { read: true });
    try {
      const bytes = readLimited(file, maxOperationBytes);
      return bytes === null ? [] : [{ path, text: decodeUtf8(bytes, "settings_invalid") }];
    } finally {
      file.close();
    }
  } catch {
    // A backup that cannot be read restores nothing.
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isRunnable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function refused(path: string, why: string, hint?: string): EngineError {
  return new EngineError("settings_invalid", `Cannot use "${path}": ${why}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}
