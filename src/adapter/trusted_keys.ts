/**
 * Keys trusted to sign policies: those of this host, and those the program was built with. Never from
 * the workspace, never from the environment: an agent writes both.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { parseTrustedKeys } from "../core/integrity/parse_trusted_keys.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import { maxTrustedKeysBytes } from "../core/limits.ts";
import { compiledKeys } from "./compiled_keys.ts";
import { openPlainFile, PlainFileError, readLimited } from "./plain_file.ts";

/** The host's file. */
export const trustedKeysPath = "/etc/sealward/trusted_keys";

/** Reads the keys that count now. @throws {EngineError} `trusted_keys_invalid` */
export type ReadTrustedKeys = () => readonly TrustedKey[];

/**
 * Opens the host's keys.
 *
 * @param path For tests of the rules; the product knows one place only.
 * @returns A reader that reads again only when the file changed. It throws when the file is there and
 *   anybody but root could have written it: then nothing is decided.
 */
export function openTrustedKeys(path = trustedKeysPath): ReadTrustedKeys {
  let last: { readonly stamp: string; readonly keys: readonly TrustedKey[] } | null = null;
  return () => {
    const stamp = stampOf(path);
    if (last?.stamp !== stamp) last = { stamp, keys: readKeys(path, stamp) };
    return last.keys;
  };
}

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mode, uid, nlink, mtime, ctime } = Deno.lstatSync(path);
    return [dev, ino, size, mode, uid, nlink, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw refused(path, "it cannot be looked at", error);
  }
}

function readKeys(path: string, stamp: string): readonly TrustedKey[] {
  const compiled = parseTrustedKeys(new TextEncoder().encode(compiledKeys), "the program", sha256);
  if (stamp === "") return compiled;
  const own = parseTrustedKeys(readRootFile(path), path, sha256);
  const known = new Set(own.map(({ fingerprint }) => fingerprint));
  return [...own, ...compiled.filter(({ fingerprint }) => !known.has(fingerprint))];
}

function readRootFile(path: string): Uint8Array {
  for (const folder of foldersAbove(path)) requireRoots(Deno.lstatSync(folder), folder);
  try {
    const { file, stat } = openPlainFile(path, { read: true });
    try {
      requireRoots(stat, path);
      const bytes = readLimited(file, maxTrustedKeysBytes);
      if (bytes !== null) return bytes;
      throw refused(path, `it is over ${maxTrustedKeysBytes} bytes`);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof PlainFileError) throw refused(path, error.message, error);
    throw error;
  }
}

/** `/`, `/etc`, `/etc/sealward`. */
function foldersAbove(path: string): readonly string[] {
  const names = path.split("/").slice(1, -1);
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}

// SECURITY: who may write a folder on the way may put another file in its place.
function requireRoots(stat: Deno.FileInfo, path: string): void {
  if (stat.isSymlink) throw refused(path, "it is a symbolic link");
  if (stat.uid !== 0) throw refused(path, "it does not belong to root");
  if (((stat.mode ?? 0o777) & 0o022) !== 0) throw refused(path, "others than root may write it");
}

function refused(path: string, why: string, cause?: unknown): EngineError {
  return new EngineError("trusted_keys_invalid", `Cannot trust the keys in "${path}": ${why}`, {
    hint: `make ${path} and every folder above it root's own: chown root, chmod go-w`,
    ...(cause === undefined ? {} : { cause }),
  });
}
