import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linkEntry } from "../../../src/core/audit/chain.ts";
import type { Entry, NewEvent } from "../../../src/core/audit/entry.ts";
import {
  encodeBody,
  encodeLine,
  macSuffixBytes,
  parseHeader,
  parseLine,
} from "../../../src/core/audit/line.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxEntryBytes } from "../../../src/core/limits.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import golden from "../../vectors/audit/golden.json" with { type: "json" };
import { buildLog, hmacSha256, keys, startMicros, verify } from "../../support/audit_log.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function entryOf(line: string): Entry {
  return parseLine(encoder.encode(line));
}

function lineWith(details: JsonObject): string {
  const head = { seq: 4, mac: "ab".repeat(32), sizeBytes: 0 };
  const event: NewEvent = { type: "NOTE", severity: "LOW", details };
  return decoder.decode(linkEntry(head, event, startMicros, keys, hmacSha256).line);
}

function codeOf(body: () => unknown): string {
  return assertThrows(body, EngineError).code;
}

describe("encodeLine()", () => {
  it("gives the golden lines bit for bit", () => {
    for (const line of golden.lines) {
      const { mac, ...fields } = entryOf(line);
      assertEquals(decoder.decode(encodeLine(encodeBody(fields), mac)), `${line}\n`);
    }
  });
  it("ends every line with a suffix of fixed length", () => {
    for (const line of golden.lines) {
      assertEquals(line.indexOf(',"mac":"'), line.length - macSuffixBytes);
    }
  });
  it("AUD-14 keeps injected lines, controls and separators inside one ASCII string", () => {
    const text =
      '\n{"v":1,"seq":0}\r\u2028\u2029\0\u001b[2J\u202e\u007f\u0085","mac":"\ud83d\ude00';
    const line = lineWith({ text, [text]: 1 });
    assertEquals(/^[\x20-\x7e]+\n$/.test(line), true);
    assertEquals(entryOf(line.trimEnd()).details, { text, [text]: 1 });
  });
  it("takes a line of exactly maxEntryBytes and not one byte more", () => {
    // Details alone may not be that long, so the bound is met by a long `prev`.
    const fields = entryOf(golden.lines[1] ?? "");
    const room = maxEntryBytes - (golden.lines[1]?.length ?? 0) - 1;
    const padded = { ...fields, prev: fields.prev + "0".repeat(room) };
    assertEquals(encodeLine(encodeBody(padded), fields.mac).length, maxEntryBytes);
    assertEquals(codeOf(() => encodeBody({ ...padded, prev: `${padded.prev}0` })), "event_invalid");
  });
  it("refuses a type outside the grammar", () => {
    const fields = entryOf(golden.lines[1] ?? "");
    for (const type of ["", "a b", 'a"', "a\n", "x".repeat(65), "\u0430udit"]) {
      assertEquals(codeOf(() => encodeBody({ ...fields, type })), "event_invalid");
    }
  });
});

describe("parseLine()", () => {
  const line = golden.lines[1] ?? "";
  const rows: readonly [string, string][] = [
    ["AUD-13 an unknown member", line.replace('"v":1,', '"v":1,"x":1,')],
    ["AUD-13 another order", line.replace('"v":1,"seq":1', '"seq":1,"v":1')],
    ["AUD-13 a blank", line.replace('"seq":1', '"seq": 1')],
    ["AUD-13 a blank in the details", line.replace('{"operation"', '{ "operation"')],
    ["AUD-13 1.0 for 1", line.replace('"seq":1', '"seq":1.0')],
    ["AUD-13 1e0 for 1", line.replace('"seq":1', '"seq":1e0')],
    ["AUD-13 a leading zero", line.replace('"seq":1', '"seq":01')],
    ["AUD-13 an escaped letter", line.replace("file_read", "\\u0066ile_read")],
    ["AUD-13 an upper-case escape", line.replace("file_read", "\\u00FC")],
    ["AUD-13 a duplicate key in details", line.replace('"d":{', '"d":{"operation":"x",')],
    ["AUD-13 a duplicate severity", line.replace('"sev":"LOW"', '"sev":"LOW","sev":"HIGH"')],
    ["AUD-13 a prototype", line.replace('"d":{', '"d":{"__proto__":1,')],
    ["AUD-13 an escaped prototype", line.replace('"d":{', '"d":{"\\u005f_proto__":1,')],
    ["AUD-13 a number past 2^53", line.replace('"file_read"', "9007199254740993")],
    ["AUD-13 minus zero", line.replace('"file_read"', "-0")],
    ["AUD-13 an exponent", line.replace('"file_read"', "1e2")],
    ["AUD-13 half a surrogate pair", line.replace("file_read", "\\ud800")],
    ["AUD-13 nesting past the bound", line.replace('"file_read"', "[".repeat(8) + "]".repeat(8))],
    ["AUD-13 details that are no object", line.replace('{"operation":"file_read"}', "[]")],
    ["AUD-14 a raw control character", line.replace("file_read", "file\u001bread")],
    ["AUD-14 a raw LF", line.replace("file_read", "file\nread")],
    ["AUD-14 a CR at the end", `${line}\r`],
    ["AUD-14 raw UTF-8", line.replace("file_read", "gr\u00fcn")],
    ["AUD-15 an upper-case MAC", line.replace(/[0-9a-f]{64}"}$/, (mac) => mac.toUpperCase())],
    ["AUD-15 a short MAC", line.replace(/.{3}$/, '"}')],
    ["AUD-15 no MAC", line.replace(/,"mac".*/, "}")],
    ["AUD-15 a MAC that is no string", line.replace(/"mac":"[0-9a-f]{64}"/, '"mac":1')],
    ["AUD-16 nothing", ""],
    ["AUD-16 no JSON", "hello"],
    ["AUD-16 a byte order mark", `\ufeff${line}`],
    ["AUD-16 an unknown severity", line.replace('"LOW"', '"low"')],
    ["AUD-16 another version", line.replace('"v":1', '"v":2')],
    ["AUD-16 a sequence number past 2^53", line.replace('"seq":1', '"seq":9999999999999999')],
  ];
  for (const [name, broken] of rows) {
    it(`${name} is refused`, () => assertEquals(codeOf(() => entryOf(broken)), "audit_tampered"));
  }
  it("refuses a line longer than any may be", () => {
    const long = line.replace("file_read", "x".repeat(maxEntryBytes));
    assertEquals(codeOf(() => entryOf(long)), "audit_tampered");
  });
  it("P1 gives back what was encoded", () => {
    const { details } = entryOf(line);
    assertEquals(details, { operation: "file_read" });
    assertEquals(entryOf(line).at, "2026-11-22T18:00:01.000000Z");
  });
});

describe("parseHeader()", () => {
  it("AUD-12 reads fields by their place, whatever the details contain", () => {
    const fake = '"},"prev":"' + "0".repeat(64) + '","mac":"' + "0".repeat(64) + '"}';
    const header = parseHeader(encoder.encode(lineWith({ fake }).trimEnd()));
    assertEquals(header?.prev, "ab".repeat(32));
    assertEquals(header?.seq, 5);
  });
  it("AUD-12 moves between fields change the MAC", () => {
    const log = buildLog();
    const text = decoder.decode(log.bytes).replace("POLICY_CHECK", "POLICY_CHECk");
    assertEquals(verify(encoder.encode(text)).finding?.kind, "mac");
  });
});
