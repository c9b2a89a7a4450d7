/**
 * The host's file of trusted keys: its rules, and what it says. Loaded where there is one.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import { parseTrustedKeys } from "../core/integrity/parse_trusted_keys.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import { maxTrustedKeysBytes } from "../core/limits.ts";
import { openPlainFile, PlainFileError, readLimited } from "./plain_file.ts";

/**
 * The keys of the file, then those compiled in.
 *
 * @param path Null where the host has none.
 * @throws {EngineError} `trusted_keys_invalid` when it is malformed, no plain file, or when anybody
 *   but root could have written it.
 */
export function readKeyFile(path: string | null, compiledKeys: string): readonly TrustedKey[] {
  const compiled = parseTrustedKeys(new TextEncoder().encode(compiledKeys), "the program", sha256);
  if (path === null) return compiled;
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
