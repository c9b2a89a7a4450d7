/**
 * Plain JSON by the schema table: right types, known keys, defaults filled in. What a value means
 * (patterns, operation names) is compile_policy.ts.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { oneLine } from "../errors.ts";
import { isNear } from "../is_near.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { NodeValue, SchemaNode } from "./schema_node.ts";

/**
 * Checks a value and everything below it.
 *
 * @param value Undefined where the key is absent; null is a value, and never a right one.
 * @param path Of the value, for errors.
 * @throws {PolicyError} `policy_invalid` at the first wrong node, `feature_unavailable` at a key
 *   that is known and not built yet.
 */
export function parseNode<N extends SchemaNode>(
  node: N,
  value: Json | undefined,
  path: NodePath,
): NodeValue<N> {
  // The one cast: NodeValue says case by case what this switch returns.
  return readNode(node, value, path) as NodeValue<N>;
}

function readNode(node: SchemaNode, value: Json | undefined, path: NodePath): unknown {
  // SECURITY: only undefined is "absent". A key with nothing behind it is null, and refused.
  switch (node.kind) {
    case "section":
      if (value === undefined && "isOptional" in node) return null;
      if (value === undefined && node.minKeys !== undefined) throw missing(path);
      return readSection(node, value === undefined ? {} : value, path);
    case "sections":
      return value === undefined ? [] : readList(value, path, { ...node, minItems: 0 })
        .map((item, index) => readSection(node.item, item, [...path, index]));
    case "text":
      if (value === undefined && node.isRequired) throw missing(path);
      return value === undefined ? null : readText(node, value, path);
    case "version":
      return readVersion(node.value, value, path);
    case "limit":
      if (value === undefined && node.isRequired === true) throw missing(path);
      return value === undefined ? null : readLimit(value, path);
    case "boolean":
      if (value === undefined || typeof value === "boolean") return value ?? node.default;
      throw wrong(path, value, "true or false", "write true or false without quotes");
    case "number":
      return value === undefined ? node.default : readNumber(node, value, path);
    case "choice":
      if (value === undefined && node.default === null) throw missing(path);
      return value === undefined ? node.default : readWord(node.values, value, path, node.hint);
    case "strings":
      return value === undefined ? [] : readList(value, path, node)
        .map((item, index) => readString(item, [...path, index], node.maxCharacters));
    case "words":
      return value === undefined ? [] : readList(value, path, node)
        .map((item, index) => readWord(node.values, item, [...path, index]));
    case "map":
      return readMap(node, value === undefined ? {} : value, path);
    case "json":
      if (value === undefined && node.isRequired) throw missing(path);
      return value ?? null;
    case "unavailable":
      return undefined;
  }
}

const plainName = {
  what: "a plain name",
  hint: "names start with a lower-case letter; letters, digits and _ - follow",
};

type Kind<K extends SchemaNode["kind"]> = Extract<SchemaNode, { readonly kind: K }>;

function readSection(node: Kind<"section">, value: Json, path: NodePath): unknown {
  const section = readObject(value, path);
  for (const key of Object.keys(section)) {
    const known = Object.hasOwn(node.keys, key) ? node.keys[key] : undefined;
    if (known === undefined) throw unknownKey(key, Object.keys(node.keys), path);
    if (known.kind === "unavailable") throw unavailableKey(key, path);
  }
  if (Object.keys(section).length < (node.minKeys ?? 0)) {
    throw wrong(path, value, `at least ${node.minKeys} of ${Object.keys(node.keys).join(", ")}`);
  }
  return Object.fromEntries(
    Object.entries(node.keys).map(([key, child]) => [
      key,
      readNode(child, Object.hasOwn(section, key) ? section[key] : undefined, [...path, key]),
    ]),
  );
}

function readMap(node: Kind<"map">, value: Json, path: NodePath): unknown {
  const entries = Object.entries(readObject(value, path));
  if (entries.length > node.maxEntries) {
    throw wrong(path, value, `at most ${node.maxEntries} names`);
  }
  return new Map(entries.map(([name, item]) => {
    if (node.name.test(name)) return [name, readNode(node.value, item, [...path, name])];
    throw new PolicyError("policy_invalid", `Cannot use ${quote(name)} as a name`, {
      path: [...path, name],
      isKey: true,
      hint: node.wanted ??
        "names start with a lower-case letter; letters, digits and _ . : - follow",
    });
  }));
}

function readObject(value: Json, path: NodePath): JsonObject {
  if (typeof value === "object" && value !== null && !isList(value)) return value;
  throw wrong(path, value, "a mapping of keys");
}

function readList(
  value: Json,
  path: NodePath,
  { minItems, maxItems }: { readonly minItems: number; readonly maxItems: number },
): readonly Json[] {
  if (!isList(value)) throw wrong(path, value, "a list");
  if (value.length >= minItems && value.length <= maxItems) return value;
  throw wrong(path, value, `${minItems} to ${maxItems} items`);
}

function readString(value: Json, path: NodePath, maxCharacters: number): string {
  if (typeof value !== "string") throw wrong(path, value, "text", "put the value into quotes");
  if (value !== "" && value.length <= maxCharacters) return value;
  throw wrong(path, value, `1 to ${maxCharacters} characters`);
}

function readText(node: Kind<"text">, value: Json, path: NodePath): string {
  const text = readString(value, path, node.maxCharacters);
  if (node.shape === null || node.shape.test(text)) return text;
  const { what, hint } = node.wanted ?? plainName;
  const isLowerMeant = node.shape.test(text.toLowerCase());
  const got = isLowerMeant ? `${quote(text)}, which is in upper case` : quote(text);
  throw wrong(path, value, what, hint, got);
}

function readWord(
  words: readonly string[],
  value: Json,
  path: NodePath,
  ownHint?: string,
): string {
  if (typeof value === "string" && words.includes(value)) return value;
  const hint = ownHint ?? (typeof value === "string" ? suggest(value, words) : undefined);
  throw wrong(path, value, words.map(quote).join(" or "), hint);
}

function readLimit(value: Json, path: NodePath): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
    return Object.is(value, -0) ? 0 : value;
  }
  throw wrong(
    path,
    value,
    "a whole number from 0 to 9007199254740991",
    "leave the key out for no limit; 0 allows none",
  );
}

function readNumber(
  { minimum, maximum }: Kind<"number">,
  value: Json,
  path: NodePath,
): number {
  const isWhole = typeof value === "number" && Number.isSafeInteger(value);
  if (isWhole && value >= minimum && value <= maximum) return value;
  throw wrong(path, value, `a whole number from ${minimum} to ${maximum}`);
}

function readVersion(version: string, value: Json | undefined, path: NodePath): string {
  if (value === version) return version;
  const hint = typeof value === "number"
    ? `put it into quotes: version: "${version}"`
    : `this engine reads version: "${version}"`;
  // Absent, the path leads nowhere; the error is about the file.
  if (value === undefined) throw wrong([], null, `the key "version"`, hint, "no version");
  throw wrong(path, value, quote(version), hint);
}

/** The error is about what should hold the key: that is what has a place in the text. */
function missing(path: NodePath): PolicyError {
  const key = quote(String(path.at(-1)));
  return wrong(path.slice(0, -1), null, `the key ${key}`, undefined, `no ${key}`);
}

function unknownKey(key: string, known: readonly string[], path: NodePath): PolicyError {
  const message = `Cannot use the unknown key ${quote(key)} in ${place(path)}`;
  const hint = suggest(key, known);
  return new PolicyError("policy_invalid", message, { path: [...path, key], isKey: true, hint });
}

function unavailableKey(key: string, path: NodePath): PolicyError {
  const message = `Cannot use the key ${quote(key)} in ${place(path)}: not built yet`;
  const hint = "remove it: a key this version does not know the meaning of is never ignored";
  return new PolicyError("feature_unavailable", message, {
    path: [...path, key],
    isKey: true,
    hint,
  });
}

function wrong(
  path: NodePath,
  value: Json,
  wanted: string,
  hint?: string,
  got = describe(value),
): PolicyError {
  const message = `Cannot use ${place(path)}: got ${got}, wanted ${wanted}`;
  return new PolicyError("policy_invalid", message, {
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}

function suggest(word: string, words: readonly string[]): string {
  const start = word.slice(0, 64);
  const closest = closestString(start, words);
  return isNear(start, closest)
    ? `the closest known word is ${quote(closest)}`
    : `known are ${words.join(", ")}`;
}

function place(path: NodePath): string {
  return path.length === 0 ? "the file" : oneLine(path.join("."));
}

function describe(value: Json): string {
  if (value === null) return "nothing (null)";
  if (typeof value === "string") return quote(value);
  if (isList(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "a mapping" : String(value);
}

function quote(text: string): string {
  return oneLine(JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
