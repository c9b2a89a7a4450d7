/**
 * A value → the text that is sent.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";

/** @throws {EngineError} `operation_invalid` for what JSON cannot say. */
export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (cause) {
    throw new EngineError("operation_invalid", "Cannot write the operation as JSON", { cause });
  }
}
