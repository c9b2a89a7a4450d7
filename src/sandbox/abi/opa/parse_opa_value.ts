/**
 * Reads what `opa_value_dump` writes: JSON, with sets, and with keys that may be any value.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import { OpaNumber, OpaObject, OpaSet, type OpaValue } from "./opa_value.ts";

/** Arrays, objects and sets inside one another: more than any request, data or answer may have. */
const maxDepth = 64;

interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * One value, and nothing after it.
 *
 * @throws {CheckFailure} `trap`: the module handed over something else.
 */
export function parseOpaValue(text: string): OpaValue {
  const cursor = { text, at: 0 };
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  return cursor.at === text.length ? value : refuse(cursor);
}

function readValue(cursor: Cursor, depth: number): OpaValue {
  skipSpace(cursor);
  const isOuter = "[{".includes(cursor.text[cursor.at] ?? "x");
  if (isOuter && depth >= maxDepth) return refuse(cursor);
  switch (cursor.text[cursor.at]) {
    case "[":
      cursor.at++;
      return readItems(cursor, "]", () => readValue(cursor, depth + 1));
    case "{":
      cursor.at++;
      return readBraces(cursor, depth + 1);
    case '"':
      return readString(cursor);
    default:
      return readWord(cursor);
  }
}

/** An object, or a set with something in it: the first colon tells. */
function readBraces(cursor: Cursor, depth: number): OpaObject | OpaSet {
  const keys = new Set<OpaValue>();
  let kind: "object" | "set" | null = null;
  const items = readItems(cursor, "}", () => {
    const key = readValue(cursor, depth);
    skipSpace(cursor);
    const isPair = cursor.text[cursor.at] === ":";
    if (kind !== null && isPair !== (kind === "object")) return refuse(cursor);
    kind = isPair ? "object" : "set";
    if (!isPair) return [key] as const;
    if (typeof key === "string" && keys.has(key)) return refuse(cursor);
    keys.add(key);
    cursor.at++;
    return [key, readValue(cursor, depth)] as const;
  });
  if (kind === "set") return new OpaSet(items.map(([item]) => item));
  return new OpaObject(items.map(([key, held = null]) => [key, held] as const));
}

function readItems<T>(cursor: Cursor, closing: string, readItem: () => T): readonly T[] {
  const items: T[] = [];
  skipSpace(cursor);
  if (take(cursor, closing)) return items;
  do items.push(readItem()); while (skipSpace(cursor), take(cursor, ","));
  return take(cursor, closing) ? items : refuse(cursor);
}

function readString(cursor: Cursor): string {
  const { text, at } = cursor;
  let end = at + 1;
  for (let unit = text.charCodeAt(end); unit !== 0x22; unit = text.charCodeAt(++end)) {
    if (Number.isNaN(unit)) return refuse(cursor);
    if (unit === 0x5c) end++;
  }
  try {
    const value: string = JSON.parse(text.slice(at, end + 1));
    cursor.at = end + 1;
    // SECURITY: a lone surrogate would be another text once it is UTF-8 again.
    return value.isWellFormed() ? value : refuse(cursor);
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    return refuse(cursor);
  }
}

const words: readonly (readonly [string, OpaValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["set()", new OpaSet([])],
];
const numberGrammar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

function readWord(cursor: Cursor): OpaValue {
  for (const [word, value] of words) if (take(cursor, word)) return value;
  numberGrammar.lastIndex = cursor.at;
  const [text] = numberGrammar.exec(cursor.text) ?? [];
  if (text === undefined) return refuse(cursor);
  cursor.at += text.length;
  return new OpaNumber(text);
}

function take(cursor: Cursor, word: string): boolean {
  if (!cursor.text.startsWith(word, cursor.at)) return false;
  cursor.at += word.length;
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (" \n\r\t".includes(cursor.text[cursor.at] ?? "x")) cursor.at++;
}

function refuse(cursor: Cursor): never {
  const message = `Module gave its host no value of Rego: byte ${cursor.at} of its text`;
  throw new CheckFailure("trap", message);
}
