/**
 * Reads the binary format's bytes, numbers and names, never past the end it was given.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";

/** From the first byte to the one after the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A place in the bytes. Every reader takes the offset forward, or throws `invalid_module` with the
 * byte it is about. Integers are LEB128 as the specification has it (section 5.2.2): as many bytes
 * as the width needs, at most, and no bit set that the width has no room for.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  readByte(what: string): number {
    if (this.at >= this.end) throw cutOff(what, this.end);
    return this.bytes[this.at++] ?? 0;
  }

  readU32(what: string): number {
    const start = this.at;
    const first = this.readByte(what);
    return first < 0x80 ? first : this.#readRest(what, first & 0x7f, start);
  }

  #readRest(what: string, low: number, start: number): number {
    let value = low;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.readByte(what);
      if (shift === 28 && byte > 0x0f) throw badInteger(what, 32, start);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  }

  /** @param bits 32, 33 or 64; of 64 bits the value is rounded, the encoding is not. */
  readSigned(what: string, bits: 32 | 33 | 64): number {
    const start = this.at;
    const first = this.readByte(what);
    if (first < 0x80) return first >= 0x40 ? first - 0x80 : first;
    this.at = start;
    return this.#readLong(what, bits);
  }

  #readLong(what: string, bits: 32 | 33 | 64): number {
    const start = this.at;
    const lastShift = bits === 64 ? 63 : 28;
    let value = 0;
    for (let shift = 0; shift <= lastShift; shift += 7) {
      const byte = this.readByte(what);
      const payload = byte & 0x7f;
      if (shift === lastShift && !isSignExtended(byte, bits - shift)) {
        throw badInteger(what, bits, start);
      }
      if (byte < 0x80) return value + (payload >= 0x40 ? payload - 0x80 : payload) * 2 ** shift;
      value += payload * 2 ** shift;
    }
    throw badInteger(what, bits, start);
  }

  skip(count: number, what: string): ByteRange {
    const start = this.at;
    if (count > this.end - start) throw cutOff(what, this.end);
    this.at = start + count;
    return { start, end: this.at };
  }

  /** @param maxBytes Longer: `limit_exceeded`. */
  readName(what: string, maxBytes: number): string {
    const start = this.at;
    const length = this.readU32(`length of ${what}`);
    if (length > this.end - this.at) throw cutOff(what, this.end);
    if (length > maxBytes) throw beyondLimit(`bytes of ${what}`, length, maxBytes, start);
    const range = this.skip(length, what);
    try {
      return utf8.decode(this.bytes.subarray(range.start, range.end));
    } catch {
      throw new CheckFailure("invalid_module", `${what}: got bytes that are not UTF-8`, start);
    }
  }

  /** The count before a list: refused before anything is kept for it. */
  readCount(what: string, max: number): number {
    const start = this.at;
    const count = this.readU32(`count of ${what}`);
    if (count > max) throw beyondLimit(what, count, max, start);
    if (count > this.end - this.at) throw cutOff(what, this.end);
    return count;
  }
}

/** The last byte of a signed integer: no more to come, and the bits beyond the width repeat its sign. */
function isSignExtended(byte: number, usedBits: number): boolean {
  const top = byte >> (usedBits - 1);
  return byte < 0x80 && (top === 0 || top === (1 << (8 - usedBits)) - 1);
}

function badInteger(what: string, bits: number, offset: number): CheckFailure {
  const message = `${what}: got an integer that is too long or too large, wanted ${bits} bits`;
  return new CheckFailure("invalid_module", message, offset);
}

function cutOff(what: string, offset: number): CheckFailure {
  return new CheckFailure("invalid_module", `${what}: got the end of the bytes first`, offset);
}

/** `limit_exceeded`, as every structural limit says it. */
export function beyondLimit(
  what: string,
  got: number,
  wanted: number,
  offset: number | null,
): CheckFailure {
  return new CheckFailure(
    "limit_exceeded",
    `${what}: got ${got}, wanted at most ${wanted}`,
    offset,
  );
}
