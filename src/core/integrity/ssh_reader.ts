/**
 * The binary forms of SSH (RFC 4251 section 5), strictly: nothing missing, nothing left over.
 *
 * @module
 */

/** Thrown for bytes that end too early or go on too long; callers turn it into their own error. */
export class SshFormError extends Error {}

/** Reads one value after the other. */
export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws {SshFormError} */
  readBytes(count: number): Uint8Array {
    // A length of four bytes is below 2^32: the sum is exact.
    if (this.#at + count > this.#bytes.length) throw new SshFormError("it ends too early");
    return this.#bytes.slice(this.#at, this.#at += count);
  }

  /** @throws {SshFormError} */
  readUint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.readBytes(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  /** A `string`: its length, then its bytes. @throws {SshFormError} */
  readString(): Uint8Array {
    return this.readBytes(this.readUint32());
  }

  /** A `string` that is printable ASCII. @throws {SshFormError} */
  readName(): string {
    const bytes = this.readString();
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) {
      throw new SshFormError("a name in it is not printable ASCII");
    }
    return new TextDecoder().decode(bytes);
  }

  /** @throws {SshFormError} */
  readEnd(): void {
    if (this.#at !== this.#bytes.length) throw new SshFormError("bytes are left over");
  }
}
