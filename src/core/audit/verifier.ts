/**
 * Checks lines against the chain. Knows nothing of chain.ts: what writes and what verifies share
 * only the format.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { decodeHex } from "@std/encoding/hex";
import type { HmacSha256 } from "../ports.ts";
import type { Head } from "./entry.ts";
import type { EpochKeys } from "./keys.ts";
import { type LineHeader, macSuffixBytes, parseHeader } from "./line.ts";
import { scanLines } from "./scan_lines.ts";

/**
 * What a line fails by, in the order of the checks; `head` is for a line that verifies but is not
 * the one a head or mark names, `structure` for an entry of the log's own in a place that is not its
 * own, `seal` for a closed
 * segment without one or with a hash of other bytes, `fingerprint` for a genesis that is not the
 * recorded one, `record` for a public key in the install record that genesis does not name.
 */
export type FindingKind =
  | "frame"
  | "syntax"
  | "sequence"
  | "key"
  | "prev"
  | "mac"
  | "genesis"
  | "head"
  | "structure"
  | "seal"
  | "fingerprint"
  | "record";

/** The first thing wrong: at which entry and byte. */
export interface Finding {
  readonly seq: number;
  readonly offset: number;
  readonly kind: FindingKind;
}

/** What lines are checked against. */
export interface Expectation {
  readonly keys: EpochKeys;
  readonly hmac: HmacSha256;
  /** Heads known from elsewhere: the line with such a number must have that MAC. */
  readonly known: readonly Head[];
}

/** How far a window verified. */
export interface Verified {
  readonly headers: readonly LineHeader[];
  /** After the last verified line. */
  readonly head: Head;
  readonly finding: Finding | null;
  /** Bytes after the last LF of the window; 0 when there is a finding. */
  readonly restBytes: number;
}

/**
 * Walks the complete lines of a window and stops at the first one that is not the next of the
 * chain. Law A1: no line is skipped, whatever is wrong with it.
 *
 * @param window Bytes of the log from `from.sizeBytes` on.
 * @param from The head before the window; `seq` -1 and zeros before genesis.
 */
export function verifyLines(window: Uint8Array, from: Head, expected: Expectation): Verified {
  const headers: LineHeader[] = [];
  const frames = scanLines(window);
  let head = from;
  for (const line of frames.lines) {
    const header = parseHeader(line);
    const kind = header === null ? "syntax" : findFault(line, header, head, expected);
    if (header === null || kind !== null) return stop(headers, head, kind ?? "syntax");
    headers.push(header);
    head = { seq: header.seq, mac: header.mac, sizeBytes: head.sizeBytes + header.lineBytes };
  }
  if (frames.isOverlong) return stop(headers, head, "frame");
  return { headers, head, finding: null, restBytes: frames.restBytes };
}

function stop(headers: readonly LineHeader[], head: Head, kind: FindingKind): Verified {
  const finding = { seq: head.seq + 1, offset: head.sizeBytes, kind };
  return { headers, head, finding, restBytes: 0 };
}

function findFault(
  line: Uint8Array,
  header: LineHeader,
  before: Head,
  { keys, hmac, known }: Expectation,
): FindingKind | null {
  if (header.seq !== before.seq + 1) return "sequence";
  if (header.key !== `${keys.kid}.${keys.epoch}`) return "key";
  if (header.prev !== before.mac) return "prev";
  const body = line.subarray(0, line.length - macSuffixBytes);
  if (!timingSafeEqual(hmac(keys.entryKey, body), decodeHex(header.mac))) return "mac";
  // One genesis, at the start: another would begin a second story in the same file.
  if ((header.type === "audit.genesis") !== (header.seq === 0)) return "genesis";
  if (known.some(({ seq, mac }) => seq === header.seq && mac !== header.mac)) return "head";
  return null;
}
