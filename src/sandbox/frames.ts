/**
 * How the two ends of a sandbox talk: length, kind, payload. Whatever is not exactly that ends the
 * talk: neither end ever looks for the next frame in what it did not understand.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { checkCeilings } from "../core/check/check_limits.ts";

/** The byte after the length. */
export const frameKinds = {
  /** Worker: permissions are gone; payload: version of frames and program. */
  ready: 1,
  /** Parent: id of a job and the job. */
  load: 2,
  /** Worker: that job can run. */
  loaded: 3,
  /** Worker: that job cannot run, and why. */
  refused: 4,
  /** Parent: number of the run, id of a job, request. */
  run: 5,
  /** Worker: number of the run, outcome. */
  outcome: 6,
  /** Worker: number of the run, whose job has to be loaded, perhaps again. */
  missing: 7,
  /** Parent: there is time to collect what nobody uses. */
  tidy: 8,
  /** Worker: that is done. */
  tidied: 9,
} as const;
export type FrameKind = typeof frameKinds[keyof typeof frameKinds];

/** Beside the kind of a worker's answer: it would like to be told `tidy` before the next question. */
export const dueBit = 0x80;

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

/** Goes up when a frame changes its meaning. */
export const frameVersion = 2;

/** Bytes of a data document; beside the module the largest thing sent. */
export const maxDataBytes = 16_777_216;
const headBytes = 5;
/** Ids, lengths and limits before the bytes themselves. */
const maxPrefixBytes = 4_096;

/** Longest payload of each kind that a worker takes. */
export const workerTakes: ReadonlyMap<number, number> = new Map([
  [frameKinds.load, maxPrefixBytes + checkCeilings.moduleBytes + maxDataBytes],
  [frameKinds.run, 8 + checkCeilings.inputBytes],
  [frameKinds.tidy, 0],
]);

export function encodeFrame(
  kind: FrameKind,
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const payloadBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(headBytes + payloadBytes);
  new DataView(bytes.buffer).setUint32(0, payloadBytes, true);
  bytes[4] = kind;
  let at = headBytes;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whole numbers below 2^32, little-endian. */
export function encodeNumbers(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => view.setUint32(4 * i, number, true));
  return bytes;
}

/** The talk cannot go on. */
export function badFrame(message: string): CheckFailure {
  return new CheckFailure("sandbox_crash", message);
}

/** Cuts a stream of bytes into frames. Never holds more than one frame and one chunk. */
export class FrameReader {
  readonly #head = new Uint8Array(headBytes);
  #headLength = 0;
  #payload: Uint8Array | null = null;
  #payloadLength = 0;
  #rest: Uint8Array = new Uint8Array(0);
  #takes: ReadonlyMap<number, number>;
  readonly #bits: number;

  /**
   * @param takes Longest payload of each kind that may come; no other kind may.
   * @param bits That may stand beside each of them.
   */
  constructor(takes: ReadonlyMap<number, number>, bits = 0) {
    this.#takes = takes;
    this.#bits = bits;
  }

  /** What may come next; only between two frames. */
  expect(takes: ReadonlyMap<number, number>): void {
    if (!this.isEmpty) throw badFrame("Got bytes that nobody asked for");
    this.#takes = takes;
  }

  /** Whether the bytes so far were whole frames, all of them taken. */
  get isEmpty(): boolean {
    return this.#headLength === 0 && this.#rest.length === 0;
  }

  /** @param chunk Kept until next() returned null: must not be written to before. */
  push(chunk: Uint8Array): void {
    if (this.#rest.length > 0) throw new Error("Take the frames before pushing more");
    this.#rest = chunk;
  }

  /**
   * The next whole frame, or null when more bytes are needed.
   *
   * @throws {CheckFailure} `sandbox_crash`: a kind that may not come, or a payload too long.
   */
  next(): Frame | null {
    if (!this.#readHead()) return null;
    const payload = this.#payload ??= this.#openPayload();
    const piece = this.#take(payload.length - this.#payloadLength);
    payload.set(piece, this.#payloadLength);
    this.#payloadLength += piece.length;
    if (this.#payloadLength < payload.length) return null;
    const kind = (this.#head[4] ?? 0) as FrameKind;
    this.#headLength = this.#payloadLength = 0;
    this.#payload = null;
    return { kind, payload };
  }

  #readHead(): boolean {
    const piece = this.#take(headBytes - this.#headLength);
    this.#head.set(piece, this.#headLength);
    this.#headLength += piece.length;
    return this.#headLength === headBytes;
  }

  // SECURITY: looked at before room is made for it: a length is a number of whoever sent it.
  #openPayload(): Uint8Array {
    const kind = this.#head[4] ?? 0;
    const longest = this.#takes.get(kind & ~this.#bits);
    if (longest === undefined) throw badFrame(`Got a frame of kind ${kind}, which may not come`);
    const length = new DataView(this.#head.buffer).getUint32(0, true);
    if (length <= longest) return new Uint8Array(length);
    throw badFrame(`Got a frame of ${length} bytes: wanted at most ${longest}`);
  }

  #take(count: number): Uint8Array {
    const piece = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}

/** Reads a payload from its start; whoever reads less or more than all of it is wrong. */
export class PayloadReader {
  readonly #payload: Uint8Array;
  #at = 0;

  constructor(payload: Uint8Array) {
    this.#payload = payload;
  }

  number(): number {
    const { buffer, byteOffset } = this.bytes(4);
    return new DataView(buffer, byteOffset, 4).getUint32(0, true);
  }

  bytes(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#payload.length) {
      throw badFrame(`Got a frame of ${this.#payload.length} bytes: wanted ${end} or more`);
    }
    const bytes = this.#payload.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  rest(): Uint8Array {
    return this.bytes(this.#payload.length - this.#at);
  }

  end(): void {
    const surplus = this.#payload.length - this.#at;
    if (surplus > 0) throw badFrame(`Got ${surplus} bytes after the end of a frame`);
  }
}
