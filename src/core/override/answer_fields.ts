/**
 * Members of what a person sends to answer a request. Strict, and silent about values: any of them
 * may be a code in the wrong place.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxJustificationCharacters, minJustificationCharacters } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { isJsonObject } from "../operation/parse_field.ts";
import { nameKind } from "../operation/refuse_at.ts";
import { parseStrictJson } from "../strict_json.ts";

/** 32 hex digits. */
export const idPattern = /^[0-9a-f]{32}$/;
/** What is said to be wanted for it. */
export const idForm = "a string of 32 hex digits";

/**
 * Text → object with members of `known` only.
 *
 * @throws {EngineError} `operation_invalid`; the message quotes nothing of the text.
 */
export function parseAnswerFields(text: string, known: readonly string[]): JsonObject {
  const body = parseSilently(text);
  if (!isJsonObject(body)) throw unfit(`${nameKind(body)}, wanted an object`);
  // SECURITY: an unknown member is not named. It may be the code, typed where no value was wanted.
  if (Object.keys(body).every((key) => known.includes(key))) return body;
  throw unfit(`an unknown member, wanted only ${known.join(", ")}`);
}

function parseSilently(text: string): Json {
  try {
    return parseStrictJson(text);
  } catch {
    throw unfit("no JSON with one meaning");
  }
}

/** A string that fits; null where the member is absent. `null` on the wire is no string. */
export function optionalText(
  fields: JsonObject,
  key: string,
  pattern: RegExp,
  wanted: string,
): string | null {
  if (!Object.hasOwn(fields, key)) return null;
  return requiredText(fields, key, pattern, wanted);
}

/**
 * @param wanted What the message says was wanted.
 * @throws {EngineError} `operation_invalid` for anything but a string that fits.
 */
export function requiredText(
  fields: JsonObject,
  key: string,
  pattern: RegExp,
  wanted: string,
): string {
  const value = fields[key];
  if (typeof value === "string" && pattern.test(value)) return value;
  const got = typeof value === "string" ? "a string that is not of its form" : nameKind(value);
  throw unfit(`${got} at "${key}", wanted ${wanted}`);
}

/** Why; the engine has the last word on it. @throws {EngineError} `operation_invalid`. */
export function parseJustification(fields: JsonObject): string {
  const text = requiredText(fields, "justification", /[^]/, "a string");
  const { length } = text.trim();
  if (length >= minJustificationCharacters && length <= maxJustificationCharacters) return text;
  const wanted = `${minJustificationCharacters} to ${maxJustificationCharacters}`;
  throw unfit(`an unfit "justification", wanted ${wanted} characters`);
}

/** `what` completes "got ..."; it must quote no value. */
export function unfit(what: string): EngineError {
  return new EngineError("operation_invalid", `Cannot take the answer: got ${what}`);
}
