/**
 * The record in head slots and marks: where the log ended when it was last written, under its own
 * key. SPEC.md, "Head and mark".
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { HmacSha256 } from "../ports.ts";
import type { Head } from "./entry.ts";
import type { EpochKeys } from "./keys.ts";
import type { KeyRing } from "./key_ring.ts";

/** A whole record with its padding: one sector, so that one write replaces it or does not. */
export const markBytes = 512;

export interface Mark {
  /** 32 hex digits. */
  readonly logId: string;
  /** Counts writes of the record; its parity names the slot. */
  readonly turn: number;
  /** Under which key; its epoch is the number of the segment both heads lie in. */
  readonly kid: string;
  readonly epoch: number;
  readonly head: Head;
  /** The head before the newest entry that holds the whole state: where opening starts. */
  readonly base: Head;
}

/** What a slot holds. `other_log` and `other_key` are read from the clear part, so are hints. */
export type MarkReading =
  | { readonly kind: "mark"; readonly mark: Mark }
  | { readonly kind: "missing" | "damaged" | "other_log" | "other_key" };

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const number = "(-1|0|[1-9][0-9]{0,15})";
const digest = '"([0-9a-f]{64})"';
const grammar = new RegExp(
  '^(\\{"v":1,"log":"([0-9a-f]{32})","key":"([0-9a-f]{8})\\.(0|[1-9][0-9]{0,9})",' +
    `"turn":${number},"seq":${number},"mac":${digest},"size":${number},` +
    `"base_seq":${number},"base_mac":${digest},"base_size":${number}),"hmac":${digest}\\} *\\n$`,
);

/** The record: 512 bytes of ASCII, JSON padded with blanks, LF. */
export function encodeMark(
  mark: Omit<Mark, "kid" | "epoch">,
  keys: EpochKeys,
  hmac: HmacSha256,
): Uint8Array<ArrayBuffer> {
  const { head, base } = mark;
  const body = `{"v":1,"log":"${mark.logId}","key":"${keys.kid}.${keys.epoch}",` +
    `"turn":${mark.turn},"seq":${head.seq},"mac":"${head.mac}","size":${head.sizeBytes},` +
    `"base_seq":${base.seq},"base_mac":"${base.mac}","base_size":${base.sizeBytes}`;
  const mac = encodeHex(hmac(keys.headKey, encoder.encode(body)));
  return encoder.encode(`${body},"hmac":"${mac}"}`.padEnd(markBytes - 1) + "\n");
}

/**
 * Reads a record; anything but 512 bytes of this log under a key of this ring is not a mark. Total.
 *
 * SECURITY: an epoch that is over, in a record of a ring that still knows its key, is still only as
 * good as its turn: the newest of the records counts.
 */
export function parseMark(
  bytes: Uint8Array,
  logId: string,
  ring: KeyRing,
  hmac: HmacSha256,
): MarkReading {
  const match = bytes.length === markBytes ? grammar.exec(decoder.decode(bytes)) : null;
  if (match === null) return { kind: "damaged" };
  const [, body = "", log = "", kid = "", epoch, turn, seq, mac = "", size, ...base] = match;
  const [baseSeq, baseMac = "", baseSize, digits = ""] = base;
  if (log !== logId) return { kind: "other_log" };
  const keys = ring.find(kid, Number(epoch));
  if (keys === null) return { kind: "other_key" };
  const expected = hmac(keys.headKey, encoder.encode(body));
  if (!timingSafeEqual(expected, decodeHex(digits))) return { kind: "damaged" };
  return {
    kind: "mark",
    mark: {
      logId: log,
      turn: Number(turn),
      kid,
      epoch: keys.epoch,
      head: { seq: Number(seq), mac, sizeBytes: Number(size) },
      base: { seq: Number(baseSeq), mac: baseMac, sizeBytes: Number(baseSize) },
    },
  };
}
