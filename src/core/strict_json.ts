/**
 * JSON (RFC 8259) with one meaning only. What two parsers could read differently is refused:
 * duplicate keys, lone surrogates, numbers a double cannot hold (RFC 7493, I-JSON).
 *
 * @module
 */
import { EngineError, type ErrorCode, oneLine } from "./errors.ts";
import { maxDepth as defaultMaxDepth } from "./limits.ts";
import type { Json, JsonObject } from "./operation/operation.ts";

export interface StrictJsonOptions {
  /** Arrays and objects inside one another; default limits.maxDepth. */
  readonly maxDepth?: number;
  /** Code of every refusal; default `operation_invalid`. */
  readonly code?: ErrorCode;
  /** Takes numbers that a double only comes near: where nothing is decided by them. */
  readonly takesAnyNumber?: boolean;
}

interface Cursor {
  readonly text: string;
  readonly maxDepth: number;
  readonly code: ErrorCode;
  readonly takesAnyNumber: boolean;
  at: number;
}

/**
 * Parses exactly one JSON document in one pass; time and memory grow with the text, the stack only
 * with `maxDepth`.
 *
 * @returns Plain data: own properties only, none called `__proto__`, every string well-formed.
 * @throws {EngineError} `options.code` with line, column and offset.
 */
export function parseStrictJson(text: string, options: StrictJsonOptions = {}): Json {
  const { maxDepth = defaultMaxDepth, code = "operation_invalid", takesAnyNumber = false } =
    options;
  const cursor: Cursor = { text, maxDepth, code, takesAnyNumber, at: 0 };
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) refuse(cursor, `${shown(cursor)} after the document`);
  return value;
}

/**
 * Decodes UTF-8 and refuses what is not; a byte order mark stays, for the parser to refuse.
 *
 * @throws {EngineError} `code`, default `operation_invalid`.
 */
export function decodeUtf8(bytes: Uint8Array, code: ErrorCode = "operation_invalid"): string {
  try {
    // SECURITY: a lenient decoder makes one text of two different byte strings (U+FFFD).
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError(code, "Cannot decode the input: got bytes that are not UTF-8", {
      hint: "Send UTF-8 without a byte order mark",
      cause,
    });
  }
}

/** Whether a double holds the number as meant: finite, and exact if whole (RFC 7493, 2.2). */
export function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

function readValue(cursor: Cursor, depth: number): Json {
  skipSpace(cursor);
  switch (cursor.text[cursor.at]) {
    case "{":
      return readObject(cursor, depth + 1);
    case "[":
      return readArray(cursor, depth + 1);
    case '"':
      return readString(cursor);
    case "t":
      return readLiteral(cursor, "true", true);
    case "f":
      return readLiteral(cursor, "false", false);
    case "n":
      return readLiteral(cursor, "null", null);
    default:
      return readNumber(cursor);
  }
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const object: Record<string, Json> = {};
  if (isEmptyAfterOpening(cursor, depth, "}")) return object;
  do {
    skipSpace(cursor);
    const start = cursor.at;
    if (cursor.text[start] !== '"') refuse(cursor, `${shown(cursor)}, wanted a quoted key`);
    const key = readString(cursor);
    const fault = Object.hasOwn(object, key) ? "twice" : key === "__proto__" ? "at all" : null;
    if (fault !== null) {
      cursor.at = start;
      refuse(cursor, `the key "${oneLine(key, 80)}" ${fault}`);
    }
    skipSpace(cursor);
    if (cursor.text[cursor.at] !== ":") refuse(cursor, `${shown(cursor)}, wanted ":"`);
    cursor.at++;
    object[key] = readValue(cursor, depth);
  } while (isMoreBefore(cursor, "}"));
  return object;
}

function readArray(cursor: Cursor, depth: number): readonly Json[] {
  const list: Json[] = [];
  if (isEmptyAfterOpening(cursor, depth, "]")) return list;
  do list.push(readValue(cursor, depth)); while (isMoreBefore(cursor, "]"));
  return list;
}

function isEmptyAfterOpening(cursor: Cursor, depth: number, closing: string): boolean {
  if (depth > cursor.maxDepth) {
    refuse(cursor, `nesting deeper than ${cursor.maxDepth} levels`);
  }
  cursor.at++;
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== closing) return false;
  cursor.at++;
  return true;
}

function isMoreBefore(cursor: Cursor, closing: string): boolean {
  skipSpace(cursor);
  const next = cursor.text[cursor.at];
  if (next !== "," && next !== closing) {
    refuse(cursor, `${shown(cursor)}, wanted "," or "${closing}"`);
  }
  cursor.at++;
  return next === ",";
}

function readString(cursor: Cursor): string {
  const { text, at: start } = cursor;
  let hasEscape = false;
  let end = start + 1;
  for (let unit = text.charCodeAt(end); unit !== 0x22; unit = text.charCodeAt(++end)) {
    if (unit === 0x5c) {
      hasEscape = true;
      end++;
    } else if (!(unit >= 0x20)) { // NaN past the end
      cursor.at = end;
      refuse(cursor, `${shown(cursor)} inside a string`);
    }
  }
  const value = hasEscape ? unescape(cursor, end + 1) : text.slice(start + 1, end);
  // SECURITY: a lone surrogate becomes U+FFFD in UTF-8: two names, one digest.
  if (!value.isWellFormed()) refuse(cursor, "a string with a lone surrogate");
  cursor.at = end + 1;
  return value;
}

function unescape(cursor: Cursor, end: number): string {
  try {
    return JSON.parse(cursor.text.slice(cursor.at, end));
  } catch {
    return refuse(cursor, "a string with a broken escape");
  }
}

function readLiteral<T>(cursor: Cursor, word: string, value: T): T {
  if (!cursor.text.startsWith(word, cursor.at)) refuse(cursor, `a word, wanted ${word}`);
  cursor.at += word.length;
  return value;
}

const numberGrammar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

function readNumber(cursor: Cursor): number {
  numberGrammar.lastIndex = cursor.at;
  if (!numberGrammar.test(cursor.text)) return refuse(cursor, `${shown(cursor)}, wanted a value`);
  const written = cursor.text.slice(cursor.at, numberGrammar.lastIndex);
  const value = Number(written);
  const isLost = value === 0 && written !== "0" && /^-?[0.]*[1-9]/.test(written);
  if ((isLost || !isExactNumber(value)) && !cursor.takesAnyNumber) {
    refuse(cursor, `the number ${oneLine(written, 40)}, which a double cannot hold`);
  }
  cursor.at += written.length;
  return value;
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const unit = cursor.text.charCodeAt(cursor.at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    cursor.at++;
  }
}

function shown({ text, at }: Cursor): string {
  const point = text.codePointAt(at);
  if (point === undefined) return "the end of the text";
  return point >= 0x21 && point <= 0x7e
    ? `"${String.fromCodePoint(point)}"`
    : `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}

function refuse({ text, at, code }: Cursor, got: string): never {
  const before = text.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw new EngineError(code, `Cannot parse JSON at ${line}:${column} (offset ${at}): got ${got}`, {
    hint: "Send one JSON document: UTF-8, each key once, numbers within 2^53",
  });
}
