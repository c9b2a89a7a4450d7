/**
 * Bytes as hex digits, for code that clients run too.
 *
 * @module
 */

/** Two lower-case digits a byte. The library's needs ArrayBuffer.transfer, which Node 20 has not. */
export function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
