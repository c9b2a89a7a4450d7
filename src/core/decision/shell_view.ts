/**
 * The disk as the shell walker sees it.
 *
 * @module
 */
import { maxGitIndexBytes, maxPathCharacters, maxScriptBytes } from "../limits.ts";
import { builtinPatternSet } from "../operation/builtin_patterns.ts";
import { viewPath } from "../operation/path.ts";
import { parseGitIndex } from "../operation/shell/git_index.ts";
import type { ShellSurroundings } from "../operation/shell/surroundings.ts";
import type { Policy } from "../policy/policy.ts";
import type { Disk } from "../ports.ts";

export interface ShellView {
  readonly disk: Disk;
  readonly policy: Pick<Policy, "protectedFiles">;
  /** Whether the file at this absolute real path was written through the engine lately. */
  readonly wasWritten: (realPath: string) => boolean;
  /** Notes what is asked, or answers itself. */
  readonly watch?: (surroundings: ShellSurroundings) => ShellSurroundings;
}

export function createShellView(view: ShellView): ShellSurroundings {
  const surroundings = lookAround(view);
  return view.watch?.(surroundings) ?? surroundings;
}

function lookAround({ disk, policy, wasWritten }: ShellView): ShellSurroundings {
  return {
    root: disk.root,
    home: disk.home,
    realPath: (path) => disk.resolve(path, null).real,
    kindOf: (path) => {
      const { kind, failure } = disk.resolve(path, null);
      // Below a file there is nothing, and nothing can come to be there.
      return failure === "ENOTDIR" ? "missing" : kind;
    },
    listNames: disk.listNames,
    listBelow: disk.listBelow,
    readText: (path) => decode(disk.readBytes(path, maxScriptBytes)),
    wasWritten: (path) => wasWritten(disk.resolve(path, null).real ?? path),
    isProtected: (path) => isProtected(disk, policy, path),
    trackedProtected: () => readTracked(disk, policy),
  };
}

/** Null for what is no text: a program in machine code. */
function decode(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** None where there is no repository; null where its index cannot be read, or is not there yet. */
function readTracked(disk: Disk, policy: ShellView["policy"]): readonly string[] | null {
  const git = `${disk.root}/.git`;
  const { kind } = disk.resolve(git, null);
  if (kind === "missing") return [];
  const folder = kind === "directory" ? git : readLinkedFolder(disk, git);
  const bytes = folder === null ? null : disk.readBytes(`${folder}/index`, maxGitIndexBytes);
  const names = bytes === null ? null : parseGitIndex(bytes);
  return names?.filter((name) => isProtected(disk, policy, name)) ?? null;
}

/** Where a work tree's file `.git` says that its repository is (gitrepository-layout(5)). */
function readLinkedFolder(disk: Disk, file: string): string | null {
  const text = decode(disk.readBytes(file, maxPathCharacters));
  const [, path] = /^gitdir: (.+?)\n?$/.exec(text ?? "") ?? [];
  return path === undefined ? null : path.startsWith("/") ? path : `${disk.root}/${path}`;
}

/** By its name alone, absolute or relative to the root. */
function isProtected(disk: Disk, policy: ShellView["policy"], name: string): boolean {
  const lexical = name.startsWith("/") ? name : `${disk.root}/${name}`;
  const nothing = { sizeBytes: null, linkCount: null, identity: null, failure: null };
  const { forms } = viewPath(
    { written: name, lexical, real: null, kind: "unknown", ...nothing },
    disk.root,
  );
  return builtinPatternSet().match(forms).length > 0 ||
    policy.protectedFiles.set.match(forms).length > 0;
}
