/**
 * What a host takes for its own work, in units of fuel. A unit is about what one instruction of the
 * slowest compiler costs (2 ns), so that a budget bounds time whichever side spends it. A change
 * here changes what recorded runs cost when they are played again.
 *
 * @module
 */

/** Crossing the border and looking at the arguments. */
export const callUnits = 200;
/** One buffer of a list of buffers. */
export const bufferUnits = 50;
/** One byte copied. */
export const copyUnits = 1;
/** One byte hashed, or read as JSON. */
export const hashUnits = 10;
/** A call of a built-in of OPA, besides what its values cost. */
export const builtinUnits = 4_000;
/** One byte of a value of Rego, read or written. */
export const valueUnits = 25;
/** One block of 32 random bytes. */
export const randomBlockUnits = 4_000;
