/**
 * Writes the binary forms of SSH (RFC 4251 section 5).
 *
 * @module
 */

/** Whole parts, one behind the other: bytes as they are, numbers as uint32, texts as `string`. */
export function encodeSsh(...parts: readonly (Uint8Array | number | string)[]): Uint8Array {
  const pieces = parts.map((part) =>
    typeof part === "number"
      ? encodeUint32(part)
      : typeof part === "string"
      ? encodeSshString(new TextEncoder().encode(part))
      : part
  );
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A `string` of bytes: its length, then they. */
export function encodeSshString(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + bytes.length);
  framed.set(encodeUint32(bytes.length));
  framed.set(bytes, 4);
  return framed;
}

function encodeUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
