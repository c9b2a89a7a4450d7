/** The published answers. */
import type { TotpAlgorithm } from "../../../src/core/override/totp_parameters.ts";

/** RFC 4226 appendix D: counters 0 to 9. */
export const hotpVectors = [
  "755224",
  "287082",
  "359152",
  "969429",
  "338314",
  "254676",
  "287922",
  "162583",
  "399871",
  "520489",
] as const;

/** RFC 6238 appendix B: seconds, and the code of 8 digits by SHA-1, SHA-256, SHA-512. */
export const totpVectors: readonly (readonly [number, string, string, string])[] = [
  [59, "94287082", "46119246", "90693936"],
  [1111111109, "07081804", "68084774", "25091201"],
  [1111111111, "14050471", "67062674", "99943326"],
  [1234567890, "89005924", "91819424", "93441116"],
  [2000000000, "69279037", "90698825", "38618901"],
  [20000000000, "65353130", "77737706", "47863826"],
];

/** The tables' keys: "1234567890" to the length of the hash, as the RFC's program has it. */
export function vectorKey(algorithm: TotpAlgorithm): Uint8Array {
  const length = { SHA1: 20, SHA256: 32, SHA512: 64 }[algorithm];
  return new TextEncoder().encode("1234567890".repeat(7).slice(0, length));
}
