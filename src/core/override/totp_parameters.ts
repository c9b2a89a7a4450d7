/**
 * What a TOTP secret is used with (RFC 6238). Period and digits are fixed: neither can be weakened.
 *
 * @module
 */

export const totpAlgorithms = ["SHA1", "SHA256", "SHA512"] as const;
export type TotpAlgorithm = typeof totpAlgorithms[number];

/** Seconds of one time step. */
export const periodSeconds = 30;
/** Digits of a code. */
export const codeDigits = 6;
