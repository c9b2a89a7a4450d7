/**
 * Milliseconds. What is bounded by a second may take five on a machine that others use, too; what is
 * not bounded takes minutes.
 */
export const busySecondMs = 5_000;
