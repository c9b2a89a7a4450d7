/**
 * What a worker answers, as bytes. The reader believes nothing: whoever got out of WebAssembly
 * writes these.
 *
 * @module
 */
import {
  CheckFailure,
  type CheckFailureCode,
  checkFailureCodes,
} from "../core/check/check_failure.ts";
import type { CheckOutcome, CheckViolation } from "../core/check/check_job.ts";
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { Json, JsonObject } from "../core/operation/operation.ts";
import { severities } from "../core/policy/policy.ts";
import { badFrame, encodeFrame, encodeNumbers, frameKinds, PayloadReader } from "./frames.ts";
import { parseFrameJson } from "./parse_frame_json.ts";

const maxViolations = 100;
const maxMessageLength = 1_000;
const maxPathLength = 4_096;

/** What only the parent can know: a worker that says it lies. */
const parentsCodes: ReadonlySet<string> = new Set<CheckFailureCode>([
  "hash_mismatch",
  "deadline",
  "sandbox_crash",
  "sandbox_unavailable",
  "self_test_failed",
]);

/** Longest payload of a refusal. */
export const maxRefusalBytes = 8_192;

/** Longest payload of an outcome: what a check may say, escaped as badly as can be. */
export function maxOutcomeBytes({ outputBytes, logBytes }: CheckLimits): number {
  return 6 * (outputBytes + logBytes) + 65_536;
}

/** @param run Number of the run that it answers. */
export function encodeOutcome(run: number, outcome: CheckOutcome): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(outcome));
  return encodeFrame(frameKinds.outcome, [encodeNumbers(run), json]);
}

/**
 * Reads the answer to a run.
 *
 * @throws {CheckFailure} `sandbox_crash`: anything but an outcome of that run.
 */
export function parseOutcome(
  payload: Uint8Array,
  { run, limits }: { readonly run: number; readonly limits: CheckLimits },
): CheckOutcome {
  const reader = new PayloadReader(payload);
  const number = reader.number();
  if (number !== run) throw badFrame(`Got the outcome of run ${number}: wanted ${run}`);
  const { status, fuel, ...members } = parseFrameJson(reader.rest());
  if (typeof fuel !== "number" || !Number.isSafeInteger(fuel) || fuel < 0) {
    throw badFrame("Got an outcome without fuel");
  }
  if (status === "ok") return { status, fuel, ...parseOk(members, limits) };
  if (status === "failed") return { status, fuel, ...parseFailed(members) };
  throw badFrame("Got an outcome that is neither ok nor failed");
}

function parseOk({ violations, log, ...others }: JsonObject, limits: CheckLimits) {
  const isFit = Array.isArray(violations) && violations.length <= maxViolations &&
    typeof log === "string" && log.length <= limits.logBytes && isBare(others);
  if (!isFit) throw badFrame("Got an outcome of another form");
  return { violations: violations.map(parseViolation), log };
}

function parseViolation(value: Json): CheckViolation {
  if (!isObject(value)) throw badFrame("Got a violation that is not an object");
  const { code, message, severity, path, details, ...others } = value;
  const knownSeverity = severity === null ? null : severities.find((name) => name === severity);
  const isFit = isText(code, 64) && /^[a-z][a-z0-9_.-]{0,63}$/.test(code) &&
    isText(message, maxMessageLength) && knownSeverity !== undefined &&
    (path === null || isText(path, maxPathLength)) &&
    (details === null || isObject(details)) && isBare(others);
  if (!isFit) throw badFrame("Got a violation of another form");
  return { code, message, severity: knownSeverity, path, details };
}

function parseFailed({ code, message, ...others }: JsonObject) {
  const known = checkFailureCodes.find((name) => name === code);
  const isFit = known !== undefined && !parentsCodes.has(known) && isLine(message) &&
    isBare(others);
  if (!isFit) throw badFrame("Got a failure of another form");
  return { code: known, message };
}

/** @param id Of the job that cannot run. */
export function encodeRefusal(id: number, failure: CheckFailure): Uint8Array<ArrayBuffer> {
  const { code, offset } = failure;
  const text = JSON.stringify({ code, message: cutToLine(failure.message), offset });
  return encodeFrame(frameKinds.refused, [encodeNumbers(id), new TextEncoder().encode(text)]);
}

/**
 * Reads why a job cannot run.
 *
 * @throws {CheckFailure} `sandbox_crash`: it does not say why, or not of that job.
 */
export function parseRefusal(payload: Uint8Array, id: number): CheckFailure {
  const reader = new PayloadReader(payload);
  if (reader.number() !== id) throw badFrame("Got a refusal of another job");
  const { offset, ...failed } = parseFrameJson(reader.rest());
  const { code, message } = parseFailed(failed);
  if (offset === null) return new CheckFailure(code, message);
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) {
    throw badFrame("Got a refusal at no byte");
  }
  return new CheckFailure(code, message, offset);
}

/** One line, short enough for a frame; what the parent does not take is not sent. */
export function cutToLine(text: string): string {
  return text.replace(controls, " ").toWellFormed().slice(0, maxMessageLength).toWellFormed();
}

// deno-lint-ignore no-control-regex -- they are what must not be in a line
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

function isLine(value: Json | undefined): value is string {
  return isText(value, maxMessageLength) && cutToLine(value) === value;
}

function isText(value: Json | undefined, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBare(others: object): boolean {
  return Object.keys(others).length === 0;
}
