/**
 * Writes what only who has a key can write: the forgeries of a thief, and those of a writer with a
 * bug. Nothing here is of use without the secret.
 */
import { linkEntry } from "../../src/core/audit/chain.ts";
import type { Head } from "../../src/core/audit/entry.ts";
import { deriveEpochKeys, type EpochKeys } from "../../src/core/audit/keys.ts";
import { macSuffixBytes } from "../../src/core/audit/line.ts";
import { encodeMark } from "../../src/core/audit/mark.ts";
import { concat, hmacSha256, logId, rootSecret, startMicros } from "./audit_log.ts";
import { linesOf } from "./log_edit.ts";
import { type LogFiles, segmentName } from "./log_lab.ts";

export function epochKeys(epoch: number, secret: Uint8Array = rootSecret): EpochKeys {
  return deriveEpochKeys(secret, logId, epoch, hmacSha256);
}

const utf8 = new TextEncoder();

/** A line's text under a key: its `key`, `prev` and `mac` are written anew, the rest as given. */
export function resign(text: string, keys: EpochKeys, prev: string): Uint8Array<ArrayBuffer> {
  const named = text
    .replace(/"key":"[^"]*"/, `"key":"${keys.kid}.${keys.epoch}"`)
    .replace(/"prev":"[0-9a-f]{64}"(?=,"mac":"[0-9a-f]{64}"\}\n?$)/, `"prev":"${prev}"`);
  return signBody(named.replace(/\n$/, "").slice(0, -macSuffixBytes), keys);
}

/** Any body with its MAC, whatever its form. */
export function signBody(body: string, { entryKey }: EpochKeys): Uint8Array<ArrayBuffer> {
  const bytes = utf8.encode(body);
  const mac = Array.from(hmacSha256(entryKey, bytes), (b) => b.toString(16).padStart(2, "0"));
  return concat([bytes, utf8.encode(`,"mac":"${mac.join("")}"}\n`)]);
}

export function textOf(line: Uint8Array | undefined): string {
  return new TextDecoder("latin1").decode(line);
}

/** The same lines, each under `keys` and linked to the one before; `edit` may change a text. */
export function rechain(
  bytes: Uint8Array,
  keys: EpochKeys,
  edit: (text: string, i: number) => string = (text) => text,
): Uint8Array<ArrayBuffer> {
  let prev = /"prev":"([0-9a-f]{64})","mac"/.exec(textOf(linesOf(bytes)[0]))?.[1] ?? "";
  const lines = linesOf(bytes).map((line, i) => {
    const signed = resign(edit(textOf(line), i), keys, prev);
    prev = headOf(signed).mac;
    return signed;
  });
  return concat(lines);
}

/** After the last of some lines. */
export function headOf(bytes: Uint8Array): Head {
  const last = textOf(linesOf(bytes).at(-1));
  const mac = last.slice(-67, -3);
  return { seq: Number(/"seq":(\d+)/.exec(last)?.[1] ?? -1), mac, sizeBytes: bytes.length };
}

/** Heads and marks that all name one head. */
export function withMarks(files: LogFiles, head: Head, keys: EpochKeys): LogFiles {
  const changed = new Map(files);
  const base = { seq: -1, mac: "0".repeat(64), sizeBytes: 0 };
  for (const turn of [20, 21]) {
    const mark = encodeMark({ logId, turn, head, base }, keys, hmacSha256);
    changed.set(`audit.log.d/head.${turn % 2}`, mark);
    changed.set(`mark.${turn % 2}`, mark);
  }
  return changed;
}

/** One more line behind some bytes. */
export function append(bytes: Uint8Array, keys: EpochKeys, type: string, details = {}): Uint8Array {
  const event = { type, severity: "LOW", details } as const;
  return concat([
    bytes,
    linkEntry(headOf(bytes), event, startMicros, keys, hmacSha256).line,
  ]);
}

export function bytesOf(files: LogFiles, seg: number | null): Uint8Array {
  return files.get(seg === null ? "audit.log" : segmentName(seg)) ?? new Uint8Array();
}
