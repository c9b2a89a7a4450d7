/**
 * Reads and hashes every policy input of an install. Bytes are hashed before anything parses them,
 * and what is parsed is what was hashed: a file is read once, through one descriptor.
 *
 * @module
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { encodeHex } from "@std/encoding/hex";
import type { PolicyInput } from "../core/audit/state.ts";
import { EngineError } from "../core/errors.ts";
import { policyDigest } from "../core/integrity/policy_digest.ts";
import { maxPolicyBytes } from "../core/limits.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "./crypto.ts";
import type { Layout } from "./layout.ts";

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
    for (const entry of Deno.readDirSync(`${layout.policyFolder}/${next}`)) {
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

function readInput(path: string, limitBytes: number): Uint8Array {
  const descriptor = openInput(path);
  try {
    const stat = fstatSync(descriptor);
    // SECURITY: the runtime resolves links before it opens, whatever O_NOFOLLOW says.
    if (Deno.lstatSync(path).isSymlink) throw unreadable(path, "it is a symbolic link");
    if (!stat.isFile()) throw unreadable(path, "it is not a regular file");
    // SECURITY: a second name is a way to edit the policy without touching its folder.
    if (stat.nlink !== 1) throw unreadable(path, "it has more than one name (hard link)");
    return readLimited(descriptor, path, limitBytes);
  } finally {
    closeSync(descriptor);
  }
}

function openInput(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (text.includes("ENOENT")) throw unreadable(path, "it does not exist", error);
    if (text.includes("ELOOP")) throw unreadable(path, "it is a symbolic link", error);
    throw unreadable(path, "permission denied or not readable", error);
  }
}

// The limit is applied while reading: /dev/zero and files that grow have no honest size.
function readLimited(descriptor: number, path: string, limitBytes: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(Math.min(65_536, limitBytes + 1 - total));
    const count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > limitBytes) {
      throw new EngineError("policy_too_large", `Cannot use "${path}": over ${limitBytes} bytes`);
    }
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function unreadable(path: string, why: string, cause?: unknown): EngineError {
  return new EngineError("policy_unreadable", `Cannot read the policy "${path}": ${why}`, {
    hint: "the policy must be a plain file: restore it, or run `sealward init`",
    ...(cause === undefined ? {} : { cause }),
  });
}
