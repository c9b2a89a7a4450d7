/**
 * Whether the module computes what it should on this machine, through the very code that verifies:
 * the cases of RFC 4231 in every lane, right and wrong, and a chain that fills all lanes.
 *
 * @module
 */
import { hmacSha256, sha256 } from "../../integrity/sha256.ts";
import type { Head } from "../entry.ts";
import type { EpochKeys } from "../keys.ts";
import { encodeBody, encodeLine, macSuffixBytes } from "../line.ts";
import { encodeHex } from "@std/encoding/hex";
import type { SimdBatch } from "./simd_batch.ts";

interface MacCase {
  readonly key: Uint8Array;
  readonly data: Uint8Array;
  readonly mac: string;
}

const encoder = new TextEncoder();
const bytes = (value: number, count: number) => new Uint8Array(count).fill(value);
const ascending = Uint8Array.from({ length: 25 }, (_, i) => i + 1);
const longKey = bytes(0xaa, 131);

// Sections 4.2 to 4.8. Of case 5 the RFC prints the first half.
const macCases: readonly MacCase[] = [
  {
    key: bytes(0x0b, 20),
    data: encoder.encode("Hi There"),
    mac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  },
  {
    key: encoder.encode("Jefe"),
    data: encoder.encode("what do ya want for nothing?"),
    mac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  },
  {
    key: bytes(0xaa, 20),
    data: bytes(0xdd, 50),
    mac: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  },
  {
    key: ascending,
    data: bytes(0xcd, 50),
    mac: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  },
  {
    key: bytes(0x0c, 20),
    data: encoder.encode("Test With Truncation"),
    mac: "a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5",
  },
  {
    key: longKey,
    data: encoder.encode("Test Using Larger Than Block-Size Key - Hash Key First"),
    mac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  },
  {
    key: longKey,
    data: encoder.encode(
      "This is a test using a larger than block-size key and a larger than block-size data. " +
        "The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    mac: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  },
];

const lanes = 4;

/** Overwrites the window. */
export function passesSelfTest(batch: SimdBatch): boolean {
  return macCases.every((one) => passesMacCase(batch, one)) && passesChain(batch);
}

/** The message in each lane; then with one digit of its MAC changed, lane by lane. */
function passesMacCase(batch: SimdBatch, { key, data, mac }: MacCase): boolean {
  const message = encodeLine(data, mac);
  const offsets = Array.from({ length: lanes + 1 }, (_, i) => i * message.length);
  for (let lane = 0; lane < lanes; lane++) batch.window.set(message, offsets[lane]);
  if (batch.compareMacs(offsets, key) !== lanes) return false;
  for (let lane = lanes - 1; lane >= 0; lane--) {
    const digit = (offsets[lane] ?? 0) + message.length - macSuffixBytes + 7 + 16 * lane;
    batch.window[digit] = (batch.window[digit] ?? 0) ^ 1;
    if (batch.compareMacs(offsets, key) !== lane) return false;
  }
  return true;
}

const before: Head = { seq: 8, mac: "0".repeat(64), sizeBytes: 0 };
const keys: EpochKeys = {
  kid: "0badcafe",
  epoch: 3,
  entryKey: bytes(0x0b, 32),
  headKey: bytes(0x0b, 32),
};

/** Lines whose number gets another digit, of several lengths, more than there are lanes. */
function passesChain(batch: SimdBatch): boolean {
  const lines: Uint8Array[] = [];
  let head = before;
  for (let i = 0; i < lanes + 2; i++) head = linkLine(lines, head, "x".repeat(37 * i));
  const lastLine = lines.at(-1);
  if (!holds(batch, lines, head) || lastLine === undefined) return false;
  // A digit of `d` in the last line: its MAC is another.
  batch.window[head.sizeBytes - 230] = 0x79;
  const { lines: count, isFaulty } = batch.verify(head.sizeBytes, before, keys);
  return count === lines.length - 1 && isFaulty;
}

function linkLine(lines: Uint8Array[], { seq, mac: prev, sizeBytes }: Head, text: string): Head {
  const body = encodeBody({
    version: 1,
    seq: seq + 1,
    key: `${keys.kid}.${keys.epoch}`,
    at: "2026-11-22T18:00:00.000000Z",
    type: "audit.self_test",
    severity: "LOW",
    details: { text },
    prev,
  });
  const mac = encodeHex(hmacSha256(keys.entryKey, body));
  const line = encodeLine(body, mac);
  lines.push(line);
  return { seq: seq + 1, mac, sizeBytes: sizeBytes + line.length };
}

function holds(batch: SimdBatch, lines: readonly Uint8Array[], head: Head): boolean {
  let offset = 0;
  for (const line of lines) {
    batch.window.set(line, offset);
    offset += line.length;
  }
  const found = batch.verify(offset, before, keys);
  const leaves = lines.map((line) => leafOf(line)).join("");
  return found.lines === lines.length && found.head.mac === head.mac &&
    found.restBytes === 0 && !found.isFaulty && encodeHex(batch.hashLeaves()) === leaves;
}

function leafOf(line: Uint8Array): string {
  const leaf = new Uint8Array(line.length);
  leaf.set(line.subarray(0, -1), 1);
  return encodeHex(sha256(leaf));
}
