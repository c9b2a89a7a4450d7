/**
 * Extends the chain by one entry, in memory.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { HmacSha256 } from "../ports.ts";
import type { Entry, Head, NewEvent } from "./entry.ts";
import { encodeInstant } from "./instant.ts";
import type { EpochKeys } from "./keys.ts";
import { encodeBody, encodeLine } from "./line.ts";

/** Before genesis. */
export const emptyHead: Head = { seq: -1, mac: "0".repeat(64), sizeBytes: 0 };

/** An entry with its bytes and the head after it; nothing is written yet. */
export interface Link {
  readonly line: Uint8Array<ArrayBuffer>;
  readonly entry: Entry;
  readonly head: Head;
}

/**
 * Links one event behind a head, which stays as it is.
 *
 * @throws {EngineError} `event_invalid` when the event does not fit a line.
 */
export function linkEntry(
  head: Head,
  event: NewEvent,
  atMicros: number,
  keys: EpochKeys,
  hmac: HmacSha256,
): Link {
  const fields = {
    version: 1,
    seq: head.seq + 1,
    key: `${keys.kid}.${keys.epoch}`,
    at: encodeInstant(atMicros),
    type: event.type,
    severity: event.severity,
    details: event.details,
    prev: head.mac,
  } as const;
  const body = encodeBody(fields);
  const mac = encodeHex(hmac(keys.entryKey, body));
  const line = encodeLine(body, mac);
  return {
    line,
    entry: { ...fields, mac },
    head: { seq: fields.seq, mac, sizeBytes: head.sizeBytes + line.length },
  };
}
