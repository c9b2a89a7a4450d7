/**
 * Reads and hashes every policy input of an install. Bytes are hashed before anything parses them,
 * and what is parsed is what was hashed: a file is read once, through one descriptor.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { PolicyInput } from "../core/audit/state.ts";
import { EngineError } from "../core/errors.ts";
import { policyDigest } from "../core/integrity/policy_digest.ts";
import { maxPolicyBytes } from "../core/limits.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { Layout } from "./layout.ts";
import { openPlainFile, PlainFileError, readLimited, toPlainFileError } from "./plain_file.ts";

/** Files beside policy.yaml that are inputs too, where they exist. */
const siblings = ["budget.yaml", "overrides.yaml", "policy.manifest.json"];
/** Folders whose every file is an input. */
const inputFolders = ["checks"];
/** More files than this in an input folder is not a policy. */
const maxInputFiles = 256;
/** A check module or its data. */
const maxInputBytes = 16_777_216;

/**
 * Opens the policy of an install.
 *
 * @returns A reader that hashes again only when something about the files changed: device, inode,
 *   size, times, links, mode; or when they changed so recently that times cannot tell.
 */
export function openPolicyStore(layout: Layout): () => PolicySnapshot {
  let last: { readonly snapshot: PolicySnapshot; readonly stamp: string } | null = null;
  return () => {
    const stamp = stampOf(layout);
    if (last !== null && stamp !== null && last.stamp === stamp) return last.snapshot;
    const snapshot = readSnapshot(layout);
    // Taken before reading: a change in between shows as another stamp next time.
    last = stamp === null ? null : { snapshot, stamp };
    return snapshot;
  };
}

/** Times of files are too coarse to tell two writes apart while they are this fresh. */
const racyMs = 2_000;

function stampOf(layout: Layout): string | null {
  const folder = layout.policyFolder;
  const parts: string[] = [];
  for (const name of ["", "/policy.yaml", ...siblings.map((s) => `/${s}`), "/checks"]) {
    try {
      const stat = Deno.lstatSync(folder + name);
      const changed = stat.ctime?.getTime() ?? NaN;
      // SECURITY: same size and a reset mtime hide an edit; ctime cannot be reset.
      if (!(Date.now() - changed > racyMs)) return null;
      // The folder's own times move with every file made in it; only its identity counts.
      const times = name === "" ? "" : `${stat.size} ${stat.mtime?.getTime()} ${changed}`;
      parts.push(`${stat.dev} ${stat.ino} ${stat.mode} ${stat.nlink} ${times}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return null;
      parts.push("-");
    }
  }
  // Files below checks/ may change without their folder's times: hash those every time.
  return parts.at(-1) === "-" ? parts.join("\n") : null;
}

function readSnapshot(layout: Layout): PolicySnapshot {
  const files = new Map<string, Uint8Array>();
  const names = ["policy.yaml", ...siblings.filter((name) => isThere(layout, name))];
  for (const name of [...names, ...inputFolders.flatMap((name) => listInputs(layout, name))]) {
    const limit = name === "policy.yaml" ? maxPolicyBytes : maxInputBytes;
    files.set(`.scalpel/${name}`, readInput(`${layout.policyFolder}/${name}`, limit));
  }
  const inputs = [...files].map(([path, bytes]): PolicyInput => ({
    path,
    sha256: encodeHex(sha256(bytes)),
  }));
  return { digest: policyDigest(inputs, sha256), inputs, files };
}

function isThere(layout: Layout, name: string): boolean {
  try {
    Deno.lstatSync(`${layout.policyFolder}/${name}`);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function listInputs(layout: Layout, folder: string): readonly string[] {
  if (!isThere(layout, folder)) return [];
  const found: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readFolder(`${layout.policyFolder}/${next}`)) {
      (entry.isDirectory ? pending : found).push(`${next}/${entry.name}`);
    }
    if (found.length + pending.length > maxInputFiles) {
      throw new EngineError("policy_too_large", `Cannot read .scalpel/${folder}: too many files`, {
        hint: `wanted at most ${maxInputFiles}`,
      });
    }
  }
  return found.sort();
}

function readFolder(path: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch (error) {
    throw toPolicyError(path, toPlainFileError(error));
  }
}

function readInput(path: string, limitBytes: number): Uint8Array {
  const file = openInput(path);
  try {
    const bytes = readLimited(file, limitBytes);
    if (bytes !== null) return bytes;
    throw new EngineError("policy_too_large", `Cannot use "${path}": over ${limitBytes} bytes`);
  } finally {
    file.close();
  }
}

// SECURITY: a second name is a way to edit the policy without touching its folder; a link is a way
// to swap it. Neither is a plain file.
function openInput(path: string): Deno.FsFile {
  try {
    return openPlainFile(path, { read: true }).file;
  } catch (error) {
    throw toPolicyError(path, error);
  }
}

function toPolicyError(path: string, error: unknown): EngineError {
  if (error instanceof PlainFileError && error.fault === "exhausted") {
    return new EngineError("resources_exhausted", `Cannot read "${path}": ${error.message}`, {
      hint: "free descriptors or memory, then ask again",
      cause: error,
    });
  }
  return unreadable(path, error instanceof Error ? error.message : String(error), error);
}

function unreadable(path: string, why: string, cause?: unknown): EngineError {
  return new EngineError("policy_unreadable", `Cannot read the policy "${path}": ${why}`, {
    hint: "the policy must be a plain file: restore it, or run `sealward init`",
    ...(cause === undefined ? {} : { cause }),
  });
}
