/**
 * The free part of an entry: one JSON object, bounded, in ASCII.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxDetailsBytes, maxDetailsDepth } from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";
import { isExactNumber } from "../strict_json.ts";

/**
 * Writes details as one line of ASCII JSON, members in their own order. Total over `unknown`: what
 * is no plain JSON (undefined, functions, class instances, NaN) is refused, not dropped.
 *
 * @throws {EngineError} `event_invalid` when `details` is no object, is nested deeper than
 *   maxDetailsDepth, is longer than maxDetailsBytes, or holds a number, string or key that two
 *   readers could read differently.
 */
export function encodeDetails(details: unknown): string {
  if (typeof details !== "object" || details === null || Array.isArray(details)) {
    throw refusal("they are no JSON object");
  }
  const text = encodeValue(details, 1);
  if (text.length > maxDetailsBytes) {
    throw refusal(
      `they take ${text.length} bytes, at most ${maxDetailsBytes} fit`,
      'record a digest instead: {"sha256": "...", "bytes": n, "head": "..."}',
    );
  }
  return text;
}

/**
 * Reads the `d` member of a verified line. Law P1: what it accepts encodes to the same text.
 *
 * @throws {EngineError} `audit_tampered` when the text is not the one encoding of its value.
 */
export function parseDetails(text: string): JsonObject {
  try {
    // A lenient parser is enough, and twice as fast: what it forgives (duplicate keys, `__proto__`,
    // lone surrogates, inexact numbers, depth) never encodes to the same text again.
    const value: unknown = JSON.parse(text);
    // encodeDetails refuses all but an object, so what it returns for `value` proves the type.
    if (encodeDetails(value) === text) return value as JsonObject;
  } catch {
    // No JSON, or not encodable: the same answer.
  }
  throw new EngineError("audit_tampered", "Cannot read audit details: not in their one encoding");
}

function encodeValue(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return encodeString(value);
    case "number":
      return encodeNumber(value);
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return "null";
      if (depth > maxDetailsDepth) throw refusal(`nesting is deeper than ${maxDetailsDepth}`);
      return Array.isArray(value) ? encodeArray(value, depth) : encodeObject(value, depth);
    default:
      throw refusal(`a value is ${typeof value}, which is no JSON`);
  }
}

function encodeArray(items: readonly unknown[], depth: number): string {
  const parts: string[] = [];
  // An index loop sees holes, which map() and join() would hide.
  for (let i = 0; i < items.length; i++) parts.push(encodeValue(items[i], depth + 1));
  return `[${parts.join(",")}]`;
}

function encodeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refusal("a value is no plain object");
  }
  const parts = Object.entries(value).map(([key, member]) => {
    // SECURITY: a reader that assigns members one by one would set the prototype.
    if (key === "__proto__") throw refusal('the key "__proto__" is not allowed');
    return `${encodeString(key)}:${encodeValue(member, depth + 1)}`;
  });
  return `{${parts.join(",")}}`;
}

function encodeNumber(value: number): string {
  // SECURITY: past 2^53 two parsers may show two numbers for one line.
  if (!isExactNumber(value)) throw refusal("a number is not exact", "write it as a string");
  return JSON.stringify(value);
}

/** ASCII that JSON takes as it is: nearly every string of an entry. */
const plain = /^[ !#-[\]-~]*$/;

function encodeString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw refusal("a string holds half a surrogate pair");
  // SECURITY: ASCII alone leaves no line separators, direction overrides or terminal escapes.
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function refusal(reason: string, hint?: string): EngineError {
  const message = `Cannot record the details: ${reason}`;
  return new EngineError("event_invalid", message, hint === undefined ? {} : { hint });
}
