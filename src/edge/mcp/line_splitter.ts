/**
 * Bytes of a stream to lines, however they are cut into pieces. A line that is too long is told once
 * and skipped: memory stays bounded, and what follows it is read as usual. A carriage return becomes a
 * blank, which means the same in JSON.
 *
 * @module
 */

export type Line = { readonly kind: "line"; readonly bytes: Uint8Array } | {
  readonly kind: "too_long";
};

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;

export class LineSplitter {
  readonly #limitBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #isSkipping = false;

  /** @param limitBytes Of a line without its line feed. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Every line that ends in `chunk`; empty ones are left out. */
  push(chunk: Uint8Array): readonly Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#take(chunk.subarray(start, end), lines);
      this.#end(lines);
      start = end + 1;
    }
    this.#take(chunk.subarray(start), lines);
    return lines;
  }

  /** Bytes of a line that has not ended. */
  get pendingBytes(): number {
    return this.#length;
  }

  #take(piece: Uint8Array, lines: Line[]): void {
    if (this.#isSkipping || piece.length === 0) return;
    if (this.#length + piece.length > this.#limitBytes) {
      this.#pieces = [];
      this.#length = 0;
      this.#isSkipping = true;
      lines.push({ kind: "too_long" });
      return;
    }
    // A copy: who reads may fill its buffer again.
    const copy = piece.slice();
    // SECURITY: to some readers a line ends here too, and what follows is a message of its own.
    for (let at = copy.indexOf(carriageReturn); at !== -1; at = copy.indexOf(carriageReturn, at)) {
      copy[at] = blank;
    }
    this.#pieces.push(copy);
    this.#length += piece.length;
  }

  #end(lines: Line[]): void {
    if (!this.#isSkipping && this.#length > 0) {
      lines.push({ kind: "line", bytes: joinPieces(this.#pieces, this.#length) });
    }
    this.#pieces = [];
    this.#length = 0;
    this.#isSkipping = false;
  }
}

function joinPieces(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
