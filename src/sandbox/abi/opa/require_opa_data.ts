/**
 * The data document of an OPA check, looked at once before any module gets it.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import { EngineError } from "../../../core/errors.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";

const noData = new TextEncoder().encode("{}");

/**
 * The same bytes, or `{}` where there are none.
 *
 * @throws {CheckFailure} `settings_refused`: no JSON object with one meaning only.
 */
export function requireOpaData(data: Uint8Array | null): Uint8Array {
  if (data === null) return noData;
  try {
    const value = parseStrictJson(decodeUtf8(data));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return data;
    throw new CheckFailure("settings_refused", "Data document: wanted a JSON object");
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new CheckFailure("settings_refused", `Data document: ${error.message}`);
  }
}
