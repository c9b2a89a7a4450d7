/**
 * JSON inside a frame.
 *
 * @module
 */
import { maxDepth } from "../core/limits.ts";
import type { JsonObject } from "../core/operation/operation.ts";
import { decodeUtf8, parseStrictJson } from "../core/strict_json.ts";
import { badFrame } from "./frames.ts";

/**
 * One object, strictly.
 *
 * @throws {CheckFailure} `sandbox_crash`.
 */
export function parseFrameJson(bytes: Uint8Array): JsonObject {
  let value;
  try {
    value = parseStrictJson(decodeUtf8(bytes), { maxDepth: maxDepth + 8 });
  } catch {
    throw badFrame("Got a frame that is not JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw badFrame("Got a frame that is not an object");
}
