/**
 * Reads and hashes every policy input of an install, and what a signature is about. Bytes are hashed
 * before anything parses them, and what is parsed is what was hashed: a file is read once, through
 * one descriptor.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { PolicyInput } from "../core/audit/state.ts";
import { EngineError } from "../core/errors.ts";
import {
  type ManifestFile,
  manifestFile as manifestPath,
  signatureFile as signaturePath,
} from "../core/integrity/manifest.ts";
import { policyDigest } from "../core/integrity/policy_digest.ts";
import { type FileMark, sumMarks } from "../core/integrity/policy_marks.ts";
import {
  maxCheckFileBytes,
  maxManifestBytes,
  maxPolicyBytes,
  maxPolicyFolderBytes,
  maxPolicyTestBytes,
  maxSignatureFileBytes,
} from "../core/limits.ts";
import {
  policyFile,
  type PolicySnapshot,
  type SignedFile,
  type SignedFiles,
} from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { PolicyReach } from "../core/ports.ts";
import type { Layout } from "./layout.ts";
import {
  openPlainFile,
  type PlainFile,
  PlainFileError,
  readLimited,
  toPlainFileError,
} from "./plain_file.ts";
import { openPolicyStamp } from "./policy_stamp.ts";

/** Files beside policy.yaml that are inputs too, where they exist. */
const siblings = ["budget.yaml", "overrides.yaml"];
const policyName = "policy.yaml";
/** What every path in digests and manifests begins with, wherever the folder lies. */
const prefix = ".scalpel/";
const manifestName = manifestPath.slice(prefix.length);
const signatureName = signaturePath.slice(prefix.length);
/** Folders whose every file counts: as an input, or as part of what is signed. */
const inputFolder = "checks";
const testFolder = "tests";
/** More files than this in such a folder is not a policy. */
const maxFolderFiles = 256;

/**
 * Opens the policy of an install.
 *
 * @returns A reader that hashes again only when something about the files changed: device, inode,
 *   size, times, links, mode; or when they changed so recently that times cannot tell.
 */
export function openPolicyStore(
  { policyFolder }: Pick<Layout, "policyFolder">,
): (reach?: PolicyReach) => PolicySnapshot {
  const last = new Map<
    PolicyReach,
    { readonly snapshot: PolicySnapshot; readonly stamp: string }
  >();
  const stamps = {
    inputs: openPolicyStamp(policyFolder, watched.inputs),
    signed: openPolicyStamp(policyFolder, watched.signed),
  };
  return (reach = "inputs") => {
    const stamp = stamps[reach]();
    const known = last.get(reach);
    if (known !== undefined && stamp !== null && known.stamp === stamp) return known.snapshot;
    const snapshot = readSnapshot(policyFolder, reach);
    // Taken before reading: a change in between shows as another stamp next time.
    if (stamp === null) last.delete(reach);
    else last.set(reach, { snapshot, stamp });
    return snapshot;
  };
}

const inputNames = [policyName, ...siblings, inputFolder];
const watched: Readonly<Record<PolicyReach, readonly string[]>> = {
  inputs: inputNames,
  signed: [...inputNames, manifestName, signatureName, testFolder],
};

function readSnapshot(folder: string, reach: PolicyReach): PolicySnapshot {
  const files = new Map<string, Uint8Array>();
  const marks: FileMark[] = [];
  const room = new Room();
  const names = [policyName, ...siblings.filter((name) => isThere(`${folder}/${name}`))];
  for (const name of [...names, ...listFiles(folder, inputFolder)]) {
    const limit = name === policyName ? maxPolicyBytes : maxCheckFileBytes;
    const { bytes, stat } = readMarked(`${folder}/${name}`, room.limit(limit));
    room.take(bytes);
    files.set(`${prefix}${name}`, bytes);
    marks.push(markOf(`${prefix}${name}`, stat));
  }
  const inputs = [...files].map(([path, bytes]): PolicyInput => ({ path, sha256: hash(bytes) }));
  const digest = policyDigest(inputs, sha256);
  const snapshot = { digest, inputs, files, marks: sumMarks(marks, { main: policyFile, sha256 }) };
  return reach === "inputs"
    ? snapshot
    : { ...snapshot, signed: readSigned(folder, snapshot, room) };
}

/** SECURITY: many files, each within its bound, must not fill the memory nor the minute. */
class Room {
  #leftBytes = maxPolicyFolderBytes;

  limit(limitBytes: number): number {
    return Math.min(limitBytes, this.#leftBytes);
  }

  take({ length }: Uint8Array): void {
    this.#leftBytes -= length;
  }
}

function readSigned(
  folder: string,
  { inputs, files }: PolicySnapshot,
  room: Room,
): SignedFiles {
  const tests = listFiles(folder, testFolder).map((name): ManifestFile => {
    const bytes = readInput(`${folder}/${name}`, room.limit(maxPolicyTestBytes));
    room.take(bytes);
    return { path: `${prefix}${name}`, sha256: hash(bytes), size: bytes.length };
  });
  const own = inputs.map(({ path, sha256 }) => {
    return { path, sha256, size: files.get(path)?.length ?? 0 };
  });
  const covered = [...own, ...tests].sort((a, b) => a.path < b.path ? -1 : 1);
  return {
    manifest: readOptional(`${folder}/${manifestName}`, maxManifestBytes),
    signature: readOptional(`${folder}/${signatureName}`, maxSignatureFileBytes),
    covered,
    digest: policyDigest(covered, sha256),
  };
}

function readOptional(path: string, limitBytes: number): SignedFile | null {
  if (!isThere(path)) return null;
  const bytes = readInput(path, limitBytes);
  return { bytes, sha256: hash(bytes) };
}

function hash(bytes: Uint8Array): string {
  return encodeHex(sha256(bytes));
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function listFiles(policyFolder: string, folder: string): readonly string[] {
  if (!isThere(`${policyFolder}/${folder}`)) return [];
  const found: string[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readFolder(`${policyFolder}/${next}`)) {
      (entry.isDirectory ? pending : found).push(`${next}/${entry.name}`);
    }
    if (found.length + pending.length > maxFolderFiles) {
      throw new EngineError("policy_too_large", `Cannot read .scalpel/${folder}: too many files`, {
        hint: `wanted at most ${maxFolderFiles}`,
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

function markOf(path: string, stat: Deno.FileInfo): FileMark {
  return {
    path,
    device: stat.dev,
    inode: stat.ino ?? 0,
    mode: (stat.mode ?? 0) & 0o7777,
    owner: `${stat.uid}:${stat.gid}`,
    timesMs: [stat.mtime?.getTime() ?? 0, stat.ctime?.getTime() ?? 0],
  };
}

function readInput(path: string, limitBytes: number): Uint8Array {
  return readMarked(path, limitBytes).bytes;
}

/** Bytes, and what fstat(2) said before they were read. */
function readMarked(
  path: string,
  limitBytes: number,
): { readonly bytes: Uint8Array; readonly stat: Deno.FileInfo } {
  const { file, stat } = openInput(path);
  try {
    const bytes = readLimited(file, limitBytes);
    if (bytes !== null) return { bytes, stat };
    throw new EngineError("policy_too_large", `Cannot use "${path}": over ${limitBytes} bytes`, {
      hint: `all files of a policy together have at most ${maxPolicyFolderBytes} bytes`,
    });
  } finally {
    file.close();
  }
}

// SECURITY: a second name is a way to edit the policy without touching its folder; a link is a way
// to swap it. Neither is a plain file.
function openInput(path: string): PlainFile {
  try {
    return openPlainFile(path, { read: true });
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
