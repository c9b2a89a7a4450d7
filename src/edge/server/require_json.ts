/**
 * Fifth guard, of routes with a body: it is plain JSON in UTF-8.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

const jsonPattern = /^application\/json(?:; ?charset=utf-8)?$/i;

/**
 * SECURITY: the three content types that an HTML form or sendBeacon can send without asking first
 * are not among the accepted; a compressed body is never inflated.
 *
 * @throws {EngineError} `request_media_type`
 */
export function requireJson(headers: Headers): void {
  if (!jsonPattern.test(headers.get("content-type") ?? "")) {
    throw new EngineError("request_media_type", "Wanted Content-Type: application/json");
  }
  if (headers.has("content-encoding")) {
    throw new EngineError("request_media_type", "Got an encoded body, wanted a plain one");
  }
}
