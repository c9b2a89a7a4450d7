/**
 * Makes files read-only, and immutable where the system lets it; what counts is what is read back.
 *
 * @module
 */

/** A file as it is after it was tried. */
export interface FileLock {
  readonly path: string;
  /** Permission bits read back. */
  readonly mode: number;
  /** Nobody may write, rename or remove it until the attribute is taken away (chattr(1) +i). */
  readonly isImmutable: boolean;
}

const locked = 0o444;
const unlocked = 0o644;

/** Tries each; a file that refuses is told by its mode. @throws What lstat(2) says of a missing one. */
export function lockFiles(paths: readonly string[]): readonly FileLock[] {
  for (const path of paths) {
    if (look(path).mode === locked) continue;
    if (isImmutable(path)) changeAttributes("-i", path);
    changeMode(path, locked);
  }
  for (const path of paths) if (!isImmutable(path)) changeAttributes("+i", path);
  return paths.map(look);
}

/** The way back: the owner may write again. */
export function unlockFiles(paths: readonly string[]): readonly FileLock[] {
  for (const path of paths) {
    if (isImmutable(path)) changeAttributes("-i", path);
    changeMode(path, unlocked);
  }
  return paths.map(look);
}

/** SECURITY: a file system may say yes to a new mode and change nothing. */
function look(path: string): FileLock {
  const mode = (Deno.lstatSync(path).mode ?? 0) & 0o777;
  return { path, mode, isImmutable: isImmutable(path) };
}

function changeMode(path: string, mode: number): void {
  try {
    Deno.chmodSync(path, mode);
  } catch {
    // What is read back tells.
  }
}

function changeAttributes(change: "+i" | "-i", path: string): void {
  run("/usr/bin/chattr", [change, "--", path]);
}

function isImmutable(path: string): boolean {
  const listed = run("/usr/bin/lsattr", ["-d", "--", path]);
  return /^[a-zA-Z-]*i[a-zA-Z-]* /.test(listed ?? "");
}

/** By absolute path, without a shell and without anybody's environment; null when it failed. */
function run(program: string, args: readonly string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    // Not every system has it.
    return null;
  }
}
