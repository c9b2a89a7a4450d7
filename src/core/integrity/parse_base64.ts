/**
 * Base64 (RFC 4648 section 4) with one spelling only.
 *
 * @module
 */
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";

const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes; null unless encoding them gives the very same text. Total. */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!pattern.test(text)) return null;
  const bytes = decodeBase64(text);
  // SECURITY: bits that padding leaves over would make two texts of one value.
  return encodeBase64(bytes) === text ? bytes : null;
}
