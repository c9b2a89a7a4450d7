/**
 * Times in a manifest: UTC, whole seconds, one spelling.
 *
 * @module
 */

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Milliseconds since 1970; null unless `YYYY-MM-DDTHH:MM:SSZ` names a second that exists. */
export function parsePolicyTime(text: string): number | null {
  if (!pattern.test(text)) return null;
  const ms = Date.parse(text);
  // 31 February is parsed as 3 March by some: what comes back must be what was written.
  return Number.isNaN(ms) || encodePolicyTime(ms) !== text ? null : ms;
}

/** The second that `ms`, from 1970 to the year 9999, lies in. */
export function encodePolicyTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
