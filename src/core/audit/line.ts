/**
 * An entry and its bytes. SPEC.md, "Line", is the format.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxEntryBytes } from "../limits.ts";
import type { Severity } from "../policy/policy.ts";
import { encodeDetails, parseDetails } from "./details.ts";
import type { Entry } from "./entry.ts";

/** `,"mac":"`, 64 hex digits, `"}`: always the end of a line, so the MAC needs no parser. */
export const macSuffixBytes = 74;

/** Every field of a line but `d`, which stays text until somebody asks for it. */
export interface LineHeader extends Omit<Entry, "details"> {
  /** The `d` member as written. */
  readonly detailsText: string;
  /** With its LF. */
  readonly lineBytes: number;
}

const encoder = new TextEncoder();
// The alphabet is checked by the grammar, so a byte-per-character decoder is exact.
const decoder = new TextDecoder("latin1");

const typeGrammar = /^[A-Za-z0-9_.]{1,64}$/;
const grammar = new RegExp(
  '^\\{"v":1,"seq":(0|[1-9][0-9]{0,15}),"key":"([0-9a-f]{8}\\.(?:0|[1-9][0-9]{0,9}))",' +
    '"ts":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z)",' +
    '"type":"([A-Za-z0-9_.]{1,64})","sev":"(LOW|MEDIUM|HIGH|CRITICAL)",' +
    '"d":(\\{[\\x20-\\x7e]*\\}),"prev":"([0-9a-f]{64})","mac":"([0-9a-f]{64})"\\}$',
);

/**
 * What the MAC covers: the line from `{` up to the suffix.
 *
 * @throws {EngineError} `event_invalid` when the type is not of the grammar or a bound of details
 *   or line is passed.
 */
export function encodeBody(entry: Omit<Entry, "mac">): Uint8Array<ArrayBuffer> {
  if (!typeGrammar.test(entry.type)) {
    throw new EngineError("event_invalid", "Cannot record the event: its type is malformed", {
      hint: "use 1 to 64 letters, digits, underscores and dots",
    });
  }
  const body = `{"v":1,"seq":${entry.seq},"key":"${entry.key}","ts":"${entry.at}",` +
    `"type":"${entry.type}","sev":"${entry.severity}","d":${encodeDetails(entry.details)},` +
    `"prev":"${entry.prev}"`;
  const lineBytes = body.length + macSuffixBytes + 1;
  if (lineBytes > maxEntryBytes) {
    throw new EngineError("event_invalid", `Cannot record a line of ${lineBytes} bytes`, {
      hint: `keep it under ${maxEntryBytes}`,
    });
  }
  return encoder.encode(body);
}

/** The whole line: body, MAC (64 hex digits) and LF. */
export function encodeLine(body: Uint8Array, mac: string): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(body.length + macSuffixBytes + 1);
  line.set(body);
  encoder.encodeInto(`,"mac":"${mac}"}\n`, line.subarray(body.length));
  return line;
}

/**
 * Reads a line without its LF by the fixed grammar; no JSON parser looks at unverified bytes.
 *
 * @returns Null when the bytes are no line of this format.
 */
export function parseHeader(bytes: Uint8Array): LineHeader | null {
  const match = grammar.exec(decoder.decode(bytes));
  if (match === null) return null;
  const [, seq, key = "", at = "", type = "", severity, detailsText = "", prev = "", mac = ""] =
    match;
  if (!Number.isSafeInteger(Number(seq))) return null;
  return {
    version: 1,
    seq: Number(seq),
    key,
    at,
    type,
    severity: severity as Severity,
    detailsText,
    prev,
    mac,
    lineBytes: bytes.length + 1,
  };
}

/**
 * The entry of a header whose MAC was verified.
 *
 * @throws {EngineError} `audit_tampered` when `d` is not the one encoding of its value.
 */
export function toEntry(header: LineHeader): Entry {
  const { detailsText, lineBytes: _, ...fields } = header;
  return { ...fields, details: parseDetails(detailsText) };
}

/**
 * Reads one line without its LF, whoever wrote it; the MAC is not looked at.
 *
 * @throws {EngineError} `audit_tampered` when the bytes are not the one encoding of an entry.
 */
export function parseLine(bytes: Uint8Array): Entry {
  const header = bytes.length < maxEntryBytes ? parseHeader(bytes) : null;
  if (header === null) {
    throw new EngineError("audit_tampered", "Cannot read an audit line: not of the format");
  }
  return toEntry(header);
}
