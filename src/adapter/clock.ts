/**
 * The host's clock.
 *
 * @module
 */

/** Date.now() has whole milliseconds: further off than this, it is another time. */
const toleranceMicros = 2_000;

/** Wall-clock microseconds at the zero of performance.now(). */
let originMicros = performance.timeOrigin * 1000;

/**
 * Wall-clock microseconds. Between two looks it runs evenly; when the system's clock was set, or the
 * machine slept, it goes where that went. SECURITY: codes and approvals are measured by it, and a
 * clock that stood still with the machine would take yesterday's.
 */
export function nowMicros(): number {
  const sinceMicros = performance.now() * 1000;
  const wallMicros = Date.now() * 1000;
  const offMicros = originMicros + sinceMicros - wallMicros;
  if (offMicros < -toleranceMicros || offMicros > toleranceMicros) {
    originMicros = wallMicros - sinceMicros;
  }
  return Math.round(originMicros + sinceMicros);
}
