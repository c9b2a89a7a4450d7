/**
 * One end of a range of time, as people type it.
 *
 * @module
 */
import { parseInstant } from "./instant.ts";

const microsByUnit: ReadonlyMap<string, number> = new Map([
  ["s", 1e6],
  ["m", 60e6],
  ["h", 3_600e6],
  ["d", 86_400e6],
  ["w", 604_800e6],
]);

/** What is read, for hints. */
export const timeBoundHint = "write 2026-11-22T18:00:00Z, 2026-11-22, today, or 2h, 3d, 1w for ago";

/**
 * Reads an ISO 8601 instant or day (see parseInstant), `today` (the day's first moment in UTC, as
 * the log counts days), or a whole number of `s`, `m`, `h`, `d` or `w` before now.
 *
 * @param nowMicros Microseconds since 1970.
 * @returns Microseconds since 1970, not before it for spans; null when `text` is none of these.
 */
export function parseTimeBound(text: string, nowMicros: number): number | null {
  if (text === "today") return nowMicros - nowMicros % 86_400e6;
  const [, count, unit = ""] = /^([0-9]{1,6})([smhdw])$/.exec(text) ?? [];
  const micros = microsByUnit.get(unit);
  if (count === undefined || micros === undefined) return parseInstant(text);
  return Math.max(0, nowMicros - Number(count) * micros);
}
