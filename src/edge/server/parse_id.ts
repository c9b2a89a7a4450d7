/**
 * Query string with one id.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

/**
 * Parses `id=ID`, once and alone.
 *
 * @param query Without the `?`; null for none.
 * @returns 1 to 128 printable ASCII characters; whether there is such a thing is the engine's to say.
 * @throws {EngineError} `usage`; the id is not quoted.
 */
export function parseId(query: string | null): string {
  const [first, ...more] = new URLSearchParams(query ?? "");
  const isFit = first?.[0] === "id" && more.length === 0 && /^[\x21-\x7e]{1,128}$/.test(first[1]);
  if (first !== undefined && isFit) return first[1];
  throw new EngineError("usage", "Got another query, wanted exactly id=ID");
}
