/**
 * The door for values that come as JavaScript, not as text: the library's callers and parsed JSON
 * alike leave it as fresh plain data.
 *
 * @module
 */
import { maxDepth, maxOperationBytes } from "../limits.ts";
import { isExactNumber } from "../strict_json.ts";
import type { Json, JsonObject } from "./operation.ts";
import { refuseAt, refuseTooLarge } from "./refuse_at.ts";

interface Walk {
  /** Keys and indexes from the top down to the value at hand. */
  readonly trail: (string | number)[];
  /** Values and UTF-16 units still allowed: fewer than any JSON text for them has bytes. */
  unitsLeft: number;
}

/**
 * Copies plain JSON data. Members that are `undefined` count as absent, as in JSON.stringify.
 *
 * SECURITY: getters, proxies' second answers and later edits could show the judge another value
 * than the one checked; a copy of data properties, read once, cannot change.
 *
 * @throws {EngineError} `operation_invalid` - anything but null, boolean, exact number, well-formed
 *   string, dense array or plain object, or deeper than limits.maxDepth; `operation_too_large` -
 *   more than limits.maxOperationBytes values and characters.
 */
export function copyPlainJson(input: unknown): Json {
  return copyValue(input, { trail: [], unitsLeft: maxOperationBytes });
}

function copyValue(value: unknown, walk: Walk): Json {
  spend(walk, 1);
  switch (typeof value) {
    case "string":
      return copyText(value, walk);
    case "number":
      if (!isExactNumber(value)) {
        refuseAt(walk.trail, `the number ${value}`, "one that a double holds exactly");
      }
      return value;
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      if (walk.trail.length >= maxDepth) {
        refuseAt(walk.trail, "deeper nesting", `at most ${maxDepth} levels`);
      }
      return Array.isArray(value) ? copyList(value, walk) : copyObject(value, walk);
    default:
      return refuseAt(walk.trail, `a ${typeof value}`, "a JSON value");
  }
}

function copyText(text: string, walk: Walk): string {
  spend(walk, text.length);
  // SECURITY: a lone surrogate becomes U+FFFD in UTF-8: two names, one digest.
  if (!text.isWellFormed()) refuseAt(walk.trail, "text with a lone surrogate", "Unicode text");
  return text;
}

function copyList(list: readonly unknown[], walk: Walk): readonly Json[] {
  spend(walk, list.length);
  const isPlain = Object.getPrototypeOf(list) === Array.prototype &&
    Reflect.ownKeys(list).length === list.length + 1; // the indexes and "length"
  if (!isPlain) refuseAt(walk.trail, "an array with holes or extras", "a plain array");
  const copy: Json[] = [];
  for (let index = 0; index < list.length; index++) {
    copy.push(copyAt(index, readMember(list, index, walk), walk));
  }
  return copy;
}

function copyObject(object: object, walk: Walk): JsonObject {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    refuseAt(walk.trail, "an instance of a class", "a plain object");
  }
  const copy: Record<string, Json> = {};
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === "symbol" || key === "__proto__") {
      return refuseAt(walk.trail, `the key ${String(key)}`, "data only");
    }
    const member = readMember(object, key, walk);
    if (member !== undefined) copy[copyText(key, walk)] = copyAt(key, member, walk);
  }
  return copy;
}

function readMember(holder: object, key: string | number, walk: Walk): unknown {
  const member = Object.getOwnPropertyDescriptor(holder, key);
  if (member === undefined || !member.enumerable || !("value" in member)) {
    return refuseAt([...walk.trail, key], "a computed or hidden property", "plain data");
  }
  return member.value;
}

function copyAt(key: string | number, value: unknown, walk: Walk): Json {
  walk.trail.push(key);
  const copy = copyValue(value, walk);
  walk.trail.pop();
  return copy;
}

function spend(walk: Walk, units: number): void {
  walk.unitsLeft -= units;
  if (walk.unitsLeft < 0) refuseTooLarge();
}
