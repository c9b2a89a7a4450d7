/**
 * Finds a word in bytes without making text of them: several times as fast. Horspool's way: what
 * stands below the word's last byte says how far it can be moved on.
 *
 * @module
 */

/** The places of one word in a stream of pieces, those across two pieces included. */
export class ByteSearch {
  readonly #word: Uint8Array;
  readonly #moves: Uint8Array;
  /** The end of what came before, shorter than the word. */
  #tail = new Uint8Array(0);
  #offset = 0;
  /** Offsets in the stream, ascending. */
  readonly found: number[] = [];

  /** @param word ASCII, 2 to 255 characters. */
  constructor(word: string) {
    this.#word = new TextEncoder().encode(word);
    const last = this.#word.length - 1;
    this.#moves = new Uint8Array(256).fill(last + 1);
    for (const [i, byte] of this.#word.subarray(0, last).entries()) this.#moves[byte] = last - i;
  }

  /** The next piece; it may be changed afterwards. */
  feed(piece: Uint8Array): void {
    const overlap = this.#word.length - 1;
    const seam = joined(this.#tail, piece.subarray(0, overlap));
    this.#search(seam, this.#offset - this.#tail.length);
    this.#search(piece, this.#offset);
    this.#offset += piece.length;
    const rest = piece.length < overlap ? joined(this.#tail, piece) : piece;
    this.#tail = rest.slice(-overlap);
  }

  #search(bytes: Uint8Array, offset: number): void {
    const word = this.#word;
    const last = word.length - 1;
    for (let end = last; end < bytes.length;) {
      const byte = bytes[end] ?? 0;
      if (byte === word[last] && this.#isAt(bytes, end - last)) {
        this.found.push(offset + end - last);
      }
      end += this.#moves[byte] ?? 1;
    }
  }

  #isAt(bytes: Uint8Array, start: number): boolean {
    return this.#word.every((byte, i) => bytes[start + i] === byte);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
