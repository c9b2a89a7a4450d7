/**
 * Bytes of a whole number, the highest first.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";

/** The number; zero for no bytes. */
export function parseBigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${encodeHex(bytes)}`);
}
