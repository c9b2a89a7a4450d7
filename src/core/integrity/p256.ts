/**
 * What a public key and a signature of ECDSA P-256 must be before anything is computed with them
 * (FIPS 186-5 section 6.4.2, SP 800-186 section 3.2.1.3).
 *
 * @module
 */
import { parseBigEndian } from "./parse_big_endian.ts";

/** Bytes of a coordinate, and of each half of a signature. */
export const p256Bytes = 32;

const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * Whether the bytes are a point of the curve, written without compression (SEC 1 section 2.3.3).
 *
 * SECURITY: the runtime imports points that lie elsewhere; only its verifying refuses them.
 */
export function isP256Point(bytes: Uint8Array): boolean {
  if (bytes.length !== 1 + 2 * p256Bytes || bytes[0] !== 4) return false;
  const x = parseBigEndian(bytes.subarray(1, 1 + p256Bytes));
  const y = parseBigEndian(bytes.subarray(1 + p256Bytes));
  if (x >= prime || y >= prime) return false;
  return (y * y) % prime === (x * x * x + (prime - 3n) * x + b) % prime;
}

/** Whether the number, big-endian, can be half of a signature: at least 1, below the order. */
export function isP256Scalar(bytes: Uint8Array): boolean {
  const value = parseBigEndian(bytes);
  return value > 0n && value < order;
}
