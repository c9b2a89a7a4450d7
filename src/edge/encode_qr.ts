/**
 * QR codes (ISO/IEC 18004). Loaded by whoever shows one, and by nothing else.
 *
 * @module
 */
import { encode } from "uqr";

/** Rows of modules, true for dark, without the quiet zone. */
export type QrModules = readonly (readonly boolean[])[];

/**
 * The smallest code for a text, with as much error correction as fits into it: a small code is one
 * that a terminal can show.
 */
export function encodeQr(text: string): QrModules {
  return encode(text, { ecc: "L", boostEcc: true, border: 0 }).data;
}
