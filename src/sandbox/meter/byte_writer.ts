/**
 * Bytes being put together: numbers as the binary format has them, and ranges of other bytes.
 *
 * @module
 */
import type { ByteRange } from "../byte_reader.ts";

/** Grows as it is written to. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity What it has room for before it must grow. */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** A view, good until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Starts again with nothing, keeping the room. */
  clear(): void {
    this.#length = 0;
  }

  writeByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  writeBytes(bytes: ArrayLike<number>): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  writeRange(bytes: Uint8Array, { start, end }: ByteRange): void {
    if (start < end) this.writeBytes(bytes.subarray(start, end));
  }

  /** Unsigned LEB128, as short as can be. @param value Less than 2 to the 32. */
  writeU32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.writeByte(rest & 0x7f | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.writeByte(rest);
  }

  /** Signed LEB128, as short as can be. @param value A safe integer. */
  writeSigned(value: number): void {
    let rest = value;
    while (rest < -0x40 || rest >= 0x40) {
      const low = ((rest % 0x80) + 0x80) % 0x80;
      this.writeByte(low | 0x80);
      rest = (rest - low) / 0x80;
    }
    this.writeByte(rest & 0x7f);
  }

  writeName(name: string): void {
    const bytes = new TextEncoder().encode(name);
    this.writeU32(bytes.length);
    this.writeBytes(bytes);
  }

  #makeRoom(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.written);
    this.#bytes = larger;
  }
}
