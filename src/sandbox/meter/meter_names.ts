/**
 * The names under which a metered module exports what it counts with.
 *
 * @module
 */

/** No original module imports or exports a name that begins so. */
export const meterPrefix = "sealward:";
/** An i64: units left; negative: exhausted. */
export const fuelName = `${meterPrefix}fuel`;
/** An i32: units of stack left, see frame_weight.ts; negative: exhausted. */
export const depthName = `${meterPrefix}depth`;
