/**
 * SHA-256 as text.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { RandomBytes, Sha256 } from "../ports.ts";

/** 64 hex digits. */
export function hexDigest(bytes: Uint8Array, sha256: Sha256): string {
  return encodeHex(sha256(bytes));
}

/** An id that nobody guesses: 128 random bits, 32 hex digits. */
export function randomId(randomBytes: RandomBytes): string {
  return encodeHex(randomBytes(16));
}
