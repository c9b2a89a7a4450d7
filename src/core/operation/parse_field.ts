/**
 * One field of the wire form: text, label or object. `null` and a missing field are the same.
 *
 * @module
 */
import { closestString } from "@std/text/closest-string";
import { oneLine } from "../errors.ts";
import { maxLabelCharacters } from "../limits.ts";
import type { Json, JsonObject } from "./operation.ts";
import { nameKind, refuseAt, type Trail } from "./refuse_at.ts";

/** Narrows JSON to an object. */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws {EngineError} `operation_invalid` - a key that is not in `known`. */
export function refuseUnknown(
  object: JsonObject,
  known: readonly string[],
  trail: Trail = [],
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const shown = oneLine(key, 80);
    const hint = `Closest field: "${closestString(shown, known)}"; known are ${known.join(", ")}`;
    refuseAt(trail, `the unknown field "${shown}"`, "known fields only", hint);
  }
}

/** @throws {EngineError} `operation_invalid` - not a string. */
export function parseText(fields: JsonObject, key: string, trail: Trail = []): string | null {
  const value = fields[key];
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : refuseAt([...trail, key], nameKind(value), "a string");
}

/**
 * A name for people and logs.
 *
 * @throws {EngineError} `operation_invalid` - empty, longer than limits.maxLabelCharacters, or with
 *   control, format or line-separating characters.
 */
export function parseLabel(fields: JsonObject, key: string, trail: Trail = []): string | null {
  const label = parseText(fields, key, trail);
  if (label === null) return null;
  if (label === "" || label.length > maxLabelCharacters) {
    const wanted = `1 to ${maxLabelCharacters}`;
    refuseAt([...trail, key], `${label.length} characters`, wanted);
  }
  // SECURITY: invisible characters make two names look like one, in prompts and logs.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(label)) {
    refuseAt([...trail, key], `"${oneLine(label, 80)}"`, "no control or format characters");
  }
  return label;
}

/** @throws {EngineError} `operation_invalid` - not an object. */
export function parseObject(fields: JsonObject, key: string, trail: Trail = []): JsonObject | null {
  const value = fields[key];
  if (value === undefined || value === null) return null;
  return isJsonObject(value) ? value : refuseAt([...trail, key], nameKind(value), "an object");
}
