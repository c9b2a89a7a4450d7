/**
 * What was kept under its hash beside the log: accepted policies, their plain values, lists of
 * protected files, and what decisions were made of.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError, oneLine } from "../core/errors.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { maxCheckFileBytes, maxKeptFileBytes, maxPolicyBytes } from "../core/limits.ts";
import type { KeptStatus } from "../core/replay/kept_input.ts";
import { writeDurable } from "./audit/audit_disk.ts";
import type { Layout } from "./layout.ts";
import { openPlainFile, readLimited } from "./plain_file.ts";

/** Canonical JSON of a policy is at most this much longer than its text: escapes of one letter. */
const maxKeptBytes = Math.max(6 * maxPolicyBytes, maxKeptFileBytes, maxCheckFileBytes);

/** Bytes whose SHA-256 is `digest` (hex); null when none are there, or others. */
export function readKept(layout: Layout, digest: string): Uint8Array | null {
  try {
    const { file } = openPlainFile(`${layout.sidePath}/input/${digest}`, { read: true });
    try {
      const bytes = readLimited(file, maxKeptBytes);
      return bytes !== null && encodeHex(sha256(bytes)) === digest ? bytes : null;
    } finally {
      file.close();
    }
  } catch {
    // Kept copies are a convenience: without them the policy itself is read.
    return null;
  }
}

/** Whether the bytes with this SHA-256 (hex) are there, or others under their name. */
export function keptStatus(layout: Layout, digest: string): KeptStatus {
  if (readKept(layout, digest) !== null) return "kept";
  try {
    Deno.lstatSync(`${layout.sidePath}/input/${digest}`);
    return "changed";
  } catch {
    return "missing";
  }
}

/**
 * Keeps bytes, durably, and returns their SHA-256 (hex). Whoever holds the log's lock or is alone may
 * call it.
 *
 * @throws {EngineError} `audit_unwritable`.
 */
export function keepInput(layout: Layout, bytes: Uint8Array): string {
  const digest = encodeHex(sha256(bytes));
  const folder = `${layout.sidePath}/input`;
  // What stands there already is checked by its hash when it is read.
  if (readKept(layout, digest) !== null) return digest;
  makeFolder(folder);
  writeDurable(folder, digest, bytes);
  return digest;
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EngineError("audit_unwritable", `Cannot make the folder ${oneLine(path)}`, { cause });
  }
}
