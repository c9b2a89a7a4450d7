/**
 * The bytes a check gave back, read strictly: violations and nothing else. There is no word here
 * for "allow", so no check can say it.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckViolation } from "../core/check/check_job.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { maxPathCharacters } from "../core/limits.ts";
import type { Json, JsonObject } from "../core/operation/operation.ts";
import { severities, type Severity } from "../core/policy/policy.ts";
import { decodeUtf8, parseStrictJson } from "../core/strict_json.ts";

export const maxViolations = 100;
/** UTF-16 units. */
export const maxViolationMessage = 1_000;
/** UTF-16 units of `details` as JSON without spaces: an entry holds 8,192 bytes in all. */
export const maxViolationDetails = 2_048;
/** Arrays and objects inside one another, the answer's own three included. */
const maxAnswerDepth = 10;

const codeGrammar = /^[a-z][a-z0-9_.-]{0,63}$/;
const violationKeys = ["code", "message", "severity", "path", "details"];

/**
 * Reads `{"violations":[{"code","message","severity"?,"path"?,"details"?}]}`.
 *
 * @throws {CheckFailure} `bad_output`: anything else, and anything more.
 */
export function parseCheckOutput(output: Uint8Array): readonly CheckViolation[] {
  const answer = parseAnswerJson(output, maxAnswerDepth);
  if (!isObject(answer)) return refuse(`${nameOf(answer)}, wanted an object`);
  refuseOtherKeys(answer, ["violations"], "");
  return parseViolations(answer["violations"]);
}

/** @throws {CheckFailure} `bad_output`: no list of violations, or too long a one. */
export function parseViolations(list: Json | undefined): readonly CheckViolation[] {
  if (!Array.isArray(list)) return refuse(`${nameOf(list)} as "violations", wanted a list`);
  if (list.length > maxViolations) {
    return refuse(`${list.length} violations, wanted at most ${maxViolations}`);
  }
  return list.map((item, index) => parseViolation(item, `violations[${index}]`));
}

/** @throws {CheckFailure} `bad_output` */
export function parseAnswerJson(output: Uint8Array, maxDepth: number): Json {
  try {
    return parseStrictJson(decodeUtf8(output), { maxDepth });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new CheckFailure("bad_output", oneLine(`Answer is not one JSON text: ${error.message}`));
  }
}

function parseViolation(item: Json, place: string): CheckViolation {
  if (!isObject(item)) return refuse(`${nameOf(item)} as ${place}, wanted an object`);
  refuseOtherKeys(item, violationKeys, `${place}.`);
  const code = parseText(item["code"], `${place}.code`, 64);
  if (!codeGrammar.test(code)) return refuse(`"${oneLine(code)}" as ${place}.code`);
  const message = parseText(item["message"], `${place}.message`, maxViolationMessage);
  const path = item["path"] ?? null;
  return {
    code,
    message,
    severity: parseSeverity(item["severity"] ?? null, `${place}.severity`),
    path: path === null ? null : parseText(path, `${place}.path`, maxPathCharacters),
    details: parseDetails(item["details"] ?? null, `${place}.details`),
  };
}

function parseText(value: Json | undefined, place: string, maxCharacters: number): string {
  if (typeof value !== "string") return refuse(`${nameOf(value)} as ${place}, wanted text`);
  if (value === "" || value.length > maxCharacters) {
    return refuse(`${value.length} characters as ${place}, wanted 1 to ${maxCharacters}`);
  }
  return value;
}

function parseSeverity(value: Json, place: string): Severity | null {
  if (value === null) return null;
  const severity = severities.find((known) => known === value);
  return severity ?? refuse(`another ${place}, wanted one of ${severities.join(", ")}`);
}

function parseDetails(value: Json, place: string): JsonObject | null {
  if (value === null) return null;
  if (!isObject(value)) return refuse(`${nameOf(value)} as ${place}, wanted an object`);
  const { length } = JSON.stringify(value);
  if (length > maxViolationDetails) {
    return refuse(`${length} characters as ${place}, wanted at most ${maxViolationDetails}`);
  }
  return value;
}

function refuseOtherKeys(object: JsonObject, known: readonly string[], place: string): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) refuse(`the unknown key "${place}${oneLine(key, 80)}"`);
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function refuse(got: string): never {
  throw new CheckFailure("bad_output", `Answer of the check is not as agreed: got ${got}`);
}
