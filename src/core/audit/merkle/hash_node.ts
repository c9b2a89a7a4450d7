// deno-lint-ignore-file no-non-null-assertion -- indexes are in bounds by construction
/**
 * Node hash of the log's tree (RFC 6962 section 2.1): SHA-256(0x01 || left || right).
 *
 * A tree has one node for each leaf, so hashes are kept as words, 8 for each, side by side, and a
 * pair is hashed in place: nothing is allocated.
 *
 * @module
 */
import { compressSchedule, expandSchedule, resetState } from "../../integrity/sha256.ts";

/** Words of one hash. */
export const hashWords = 8;
/** Bytes of one hash. */
export const hashBytes = 32;

const messageBits = (1 + 2 * hashBytes) * 8;
// Synchronous, so that one of each is enough.
const schedule = new Int32Array(64);
const state = new Int32Array(hashWords);

// The second block is the last byte, the padding and the length: 256 schedules in all, 64 KiB.
const tails: Int32Array[] = [];

function tailOf(lastByte: number): Int32Array {
  const known = tails[lastByte];
  if (known !== undefined) return known;
  const tail = new Int32Array(64);
  tail[0] = (lastByte << 24) | 0x00800000;
  tail[15] = messageBits;
  expandSchedule(tail);
  tails[lastByte] = tail;
  return tail;
}

/** Replaces the left hash at word `at` by the hash of its node with the right one behind it. */
export function joinNodes(words: Int32Array, at: number): void {
  resetState(state);
  // The prefix byte shifts all 64 bytes by one: the last of them begins the second block.
  schedule[0] = 0x01000000 | (words[at]! >>> 8);
  for (let i = 1; i < 16; i++) {
    schedule[i] = (words[at + i - 1]! << 24) | (words[at + i]! >>> 8);
  }
  expandSchedule(schedule);
  compressSchedule(state, schedule);
  compressSchedule(state, tailOf(words[at + 15]! & 0xff));
  for (let i = 0; i < hashWords; i++) words[at + i] = state[i]!;
}

/** Reads 32 bytes of `bytes` from `offset` on into 8 words from `at` on. */
export function readHash(
  bytes: Uint8Array,
  offset: number,
  target: { readonly words: Int32Array; readonly at: number },
): void {
  const { words, at } = target;
  for (let i = 0, from = offset; i < hashWords; i++, from += 4) {
    words[at + i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) |
      bytes[from + 3]!;
  }
}

/** The 8 words from `at` on as 32 bytes. */
export function encodeHash(words: Int32Array, at: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hashBytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < hashWords; i++) view.setInt32(4 * i, words[at + i]!);
  return bytes;
}

const pair = new Int32Array(2 * hashWords);

/** SHA-256(0x01 || left || right): 32 bytes of 32 and 32. */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  readHash(left, 0, { words: pair, at: 0 });
  readHash(right, 0, { words: pair, at: hashWords });
  joinNodes(pair, 0);
  return encodeHash(pair, 0);
}
