/**
 * Bytes that come in pieces, up to a bound.
 *
 * @module
 */

const firstCapacity = 1_024;

export class BoundedBytes {
  readonly #maxBytes: number;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps what there is room for. @returns Whether that was all of it. */
  append(piece: Uint8Array): boolean {
    const kept = piece.subarray(0, this.#maxBytes - this.#length);
    this.#reserve(this.#length + kept.length);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    return kept.length === piece.length;
  }

  /** A copy. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  // Doubled, so that many small pieces cost no more than one long one.
  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const doubled = Math.max(length, 2 * this.#bytes.length, firstCapacity);
    const larger = new Uint8Array(Math.min(doubled, this.#maxBytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
