/**
 * What was kept under its hash beside the log: accepted policies and their plain values.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../core/integrity/sha256.ts";
import { maxPolicyBytes } from "../core/limits.ts";
import type { Layout } from "./layout.ts";
import { openPlainFile, readLimited } from "./plain_file.ts";

/** Canonical JSON of a policy is at most this much longer than its text: escapes of one letter. */
const maxKeptBytes = 6 * maxPolicyBytes;

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
