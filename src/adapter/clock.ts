/**
 * The host's clock.
 *
 * @module
 */

/** Wall-clock microseconds; informative, decisions never depend on it. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
