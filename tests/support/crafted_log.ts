/** Lines with a true MAC and whatever text: so that the grammar alone decides, not the MAC. */
import { createHmac } from "node:crypto";
import type { Head } from "../../src/core/audit/entry.ts";
import type { EpochKeys } from "../../src/core/audit/keys.ts";

export const craftKeys: EpochKeys = {
  kid: "0c0ffee0",
  epoch: 7,
  entryKey: Uint8Array.from({ length: 32 }, (_, i) => 3 * i + 1),
  headKey: new Uint8Array(32),
};

/** The texts a line is made of; each member's own, without what stands between them. */
export interface LineParts {
  readonly start: string;
  readonly seq: string;
  readonly key: string;
  readonly ts: string;
  readonly type: string;
  readonly sev: string;
  readonly d: string;
  readonly prev: string;
}

export function nativeHmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac("sha256", key).update(data).digest());
}

export function nativeHmacHex(key: Uint8Array, data: Uint8Array): string {
  return createHmac("sha256", key).update(data).digest("hex");
}

/** The parts of the line behind `head`. */
export function partsAfter(head: Head, changes: Partial<LineParts> = {}): LineParts {
  return {
    start: '{"v":1',
    seq: String(head.seq + 1),
    key: `${craftKeys.kid}.${craftKeys.epoch}`,
    ts: "2026-11-22T18:00:00.000000Z",
    type: head.seq === -1 ? "audit.genesis" : "NOTE",
    sev: "LOW",
    d: "{}",
    prev: head.mac,
    ...changes,
  };
}

/** One character one byte, 0 to 255. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export interface Crafted {
  /** With its LF. */
  readonly line: Uint8Array<ArrayBuffer>;
  /** After the line, were it one. */
  readonly head: Head;
}

/** Signs the parts, joined as a line joins them. */
export function craftLine(head: Head, parts: LineParts, key = craftKeys.entryKey): Crafted {
  const { start, seq, key: keyName, ts, type, sev, d, prev } = parts;
  const body = `${start},"seq":${seq},"key":"${keyName}","ts":"${ts}","type":"${type}",` +
    `"sev":"${sev}","d":${d},"prev":"${prev}"`;
  return signBody(head, body, key);
}

export function signBody(head: Head, body: string, key = craftKeys.entryKey): Crafted {
  const mac = nativeHmacHex(key, toBytes(body));
  const line = toBytes(`${body},"mac":"${mac}"}\n`);
  return { line, head: { seq: head.seq + 1, mac, sizeBytes: head.sizeBytes + line.length } };
}

/** A chain of lines behind `from`, one for each of `changes`. */
export function craftChain(
  from: Head,
  changes: readonly Partial<LineParts>[],
): { readonly lines: readonly Uint8Array<ArrayBuffer>[]; readonly heads: readonly Head[] } {
  const lines: Uint8Array<ArrayBuffer>[] = [];
  const heads: Head[] = [];
  let head = from;
  for (const change of changes) {
    const crafted = craftLine(head, partsAfter(head, change));
    lines.push(crafted.line);
    heads.push(head = crafted.head);
  }
  return { lines, heads };
}

/** `d` of as many bytes. */
export function detailsOf(bytes: number): string {
  return bytes < 8 ? `{${" ".repeat(bytes - 2)}}` : `{"t":"${"x".repeat(bytes - 8)}"}`;
}
