/**
 * The time a request speaks of. No clock is read.
 *
 * @module
 */
import { parseInstant } from "../../core/audit/instant.ts";

/** The most that WASI's timestamp holds. */
const maxNanoseconds = 2n ** 64n - 1n;

/**
 * `now` of the request in nanoseconds since 1970; 0 where there is none, or one before it.
 *
 * @param request As encodeCheckRequest wrote it.
 */
export function requestNanoseconds(request: Uint8Array): bigint {
  const { now } = JSON.parse(new TextDecoder().decode(request)) as { readonly now?: unknown };
  const micros = typeof now === "string" ? parseInstant(now) : null;
  if (micros === null || micros < 0) return 0n;
  const nanoseconds = BigInt(Math.trunc(micros)) * 1_000n;
  return nanoseconds < maxNanoseconds ? nanoseconds : maxNanoseconds;
}
