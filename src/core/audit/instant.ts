/**
 * Points in time as the log writes them: UTC, 27 characters, microseconds.
 *
 * @module
 */
import { EngineError } from "../errors.ts";

/**
 * Writes `2026-11-22T18:00:00.000000Z`.
 *
 * @throws {EngineError} `event_invalid` when `micros` is no exact integer: 1970 to the year 2255.
 */
export function encodeInstant(micros: number): string {
  if (!Number.isSafeInteger(micros) || micros < 0) {
    throw new EngineError("event_invalid", `Cannot write the time ${micros}: wanted 1970 to 2255`, {
      hint: "set the clock of this host",
    });
  }
  const millis = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 23);
  return `${millis}${String(micros % 1000).padStart(3, "0")}Z`;
}

const isoInstant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads an ISO 8601 instant with its zone; a date alone is that day's first moment in UTC. Digits
 * below the microsecond are dropped.
 *
 * @returns Microseconds since 1970, or null when `text` is no such instant.
 */
export function parseInstant(text: string): number | null {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const match = isoInstant.exec(whole);
  if (match === null) return null;
  const [, date = "", fraction = "", zone = ""] = match;
  const millis = Date.parse(`${date}${zone}`);
  if (Number.isNaN(millis)) return null;
  return millis * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}
