/**
 * The host's clock.
 *
 * @module
 */

/** How far the fine clock may be off before the host's counts alone. */
const maxApartMs = 5;

let originMs = performance.timeOrigin;

/**
 * Wall-clock microseconds since 1970; informative, decisions never depend on it. Approvals do: codes
 * and requests end by it.
 *
 * The fine clock counts from when the process began. It stands still while the host sleeps, and knows
 * nothing of a clock that is set: a server would go by its own time for as long as it runs.
 */
export function nowMicros(): number {
  const sinceMs = performance.now();
  const wallMs = Date.now();
  if (Math.abs(originMs + sinceMs - wallMs) > maxApartMs) originMs = wallMs - sinceMs;
  return Math.round((originMs + sinceMs) * 1000);
}
