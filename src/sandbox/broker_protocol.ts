/**
 * How the engine talks to the broker: one byte says what, of which slot; only `data` has more, a
 * length and bytes that the broker passes on unread.
 *
 * @module
 */
import { badFrame } from "./frames.ts";

/** High half of the byte. */
export const brokerWords = {
  /** To the broker: start a worker in the slot. Back: a worker was started. */
  start: 1,
  /** To the broker: kill the worker of the slot. */
  kill: 2,
  /** Both ways: bytes to or from the worker. */
  data: 3,
  /** Back: the worker of the slot is gone, and so is all it wrote. */
  ended: 4,
} as const;

/** Workers at once: one at work, one spare, and those that were killed and are not gone yet. */
export const brokerSlots = 4;

export interface BrokerWord {
  readonly word: number;
  /** Below brokerSlots. */
  readonly slot: number;
  /** Of `data`: some of its bytes, a view; else null. */
  readonly bytes: Uint8Array | null;
}

/** Encodes a word; `bytes` for `data` only. */
export function encodeBrokerWord(
  word: number,
  slot: number,
  bytes: Uint8Array | null = null,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes === null ? 1 : 5 + bytes.length);
  out[0] = word << 4 | slot;
  if (bytes !== null) {
    new DataView(out.buffer).setUint32(1, bytes.length, true);
    out.set(bytes, 5);
  }
  return out;
}

/** Cuts a stream into words; `data` comes out as it comes in, piece by piece. */
export class BrokerReader {
  readonly #head = new Uint8Array(5);
  #headLength = 0;
  #left = 0;

  /**
   * Words and pieces in one chunk.
   *
   * @throws {CheckFailure} `sandbox_crash`: a word or slot that does not exist.
   */
  *read(chunk: Uint8Array): Generator<BrokerWord> {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const bytes = chunk.subarray(at, at + this.#left);
        at += bytes.length;
        this.#left -= bytes.length;
        yield { ...this.#named(), bytes };
        if (this.#left === 0) this.#headLength = 0;
        continue;
      }
      this.#head[this.#headLength++] = chunk[at++] ?? 0;
      const named = this.#named();
      if (named.word !== brokerWords.data) {
        this.#headLength = 0;
        yield { ...named, bytes: null };
      } else if (this.#headLength === 5) {
        this.#left = new DataView(this.#head.buffer).getUint32(1, true);
        if (this.#left === 0) this.#headLength = 0;
      }
    }
  }

  #named(): { readonly word: number; readonly slot: number } {
    const [word, slot] = [(this.#head[0] ?? 0) >> 4, (this.#head[0] ?? 0) & 15];
    if (word >= 1 && word <= 4 && slot < brokerSlots) return { word, slot };
    throw badFrame(`Got broker word ${word} for slot ${slot}`);
  }
}
