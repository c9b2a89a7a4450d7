/**
 * The line batch over the WebAssembly module: four lines at a time. No JavaScript runs per line.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import { sha256 } from "../../integrity/sha256.ts";
import type { Head } from "../entry.ts";
import type { EpochKeys } from "../keys.ts";
import type { BatchResult, LineBatch } from "./line_batch.ts";
import { lineModule } from "./line_module.ts";
import { checkBounds, encodeOpening } from "./line_opening.ts";

/** What wasm/line_batch.ts exports; globals are addresses in its memory, or bytes. */
interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  readonly windowStart: WebAssembly.Global;
  readonly windowBytes: WebAssembly.Global;
  readonly key: WebAssembly.Global;
  readonly opening: WebAssembly.Global;
  readonly firstPrev: WebAssembly.Global;
  readonly firstTime: WebAssembly.Global;
  readonly offsetsStart: WebAssembly.Global;
  readonly structuralStart: WebAssembly.Global;
  readonly clockBackStart: WebAssembly.Global;
  readonly digestsStart: WebAssembly.Global;
  setKey(): void;
  verify(
    lengthBytes: number,
    openingBytes: number,
    digits: number,
    limit: number,
    isGenesis: boolean,
    hasTimeBefore: boolean,
  ): number;
  compareMacs(count: number): number;
  hashLeaves(): void;
  structuralCount(): number;
  clockBackCount(): number;
  hasFault(): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const macGrammar = /^[0-9a-f]{64}$/;
/** A line's end from its first digit of the MAC on: 64 digits, `"}`, LF. */
const macEndBytes = 67;
/** Longer than a window has lines. */
const noLimit = 0x7fffffff;
/** In a printable line no such bytes are. */
const noText = "\0".repeat(64);

/** Throws what the runtime throws when it has no WebAssembly or no SIMD. */
export class SimdBatch implements LineBatch {
  readonly engine = "simd";
  readonly window: Uint8Array<ArrayBuffer>;
  readonly #module: ModuleExports;
  readonly #buffer: ArrayBuffer;
  #lines = 0;

  /** @param bytes The module; another one only in tests of what a broken one does. */
  constructor(bytes: Uint8Array<ArrayBuffer> = decodeBase64(lineModule)) {
    const module = new WebAssembly.Module(bytes);
    // What the module exports is our own source's; a test looks at each of them.
    this.#module = new WebAssembly.Instance(module).exports as unknown as ModuleExports;
    // INVARIANT: the memory cannot grow, so that its buffer stays the same.
    this.#buffer = this.#module.memory.buffer as ArrayBuffer;
    const { windowStart, windowBytes } = this.#module;
    this.window = new Uint8Array(this.#buffer, windowStart.value, windowBytes.value);
  }

  verify(
    lengthBytes: number,
    from: Head,
    keys: EpochKeys,
    atBefore: string | null = null,
  ): BatchResult {
    checkBounds(lengthBytes, this.window.length, atBefore);
    this.#setKey(keys.entryKey);
    const seq = from.seq + 1;
    const opening = encodeOpening(seq, keys) ?? noText;
    this.#write(this.#module.opening, opening);
    this.#write(this.#module.firstPrev, macGrammar.test(from.mac) ? from.mac : noText);
    if (atBefore !== null) this.#write(this.#module.firstTime, atBefore);
    this.#lines = this.#module.verify(
      lengthBytes,
      opening.length,
      String(seq).length,
      Math.min(noLimit, Number.MAX_SAFE_INTEGER - from.seq),
      seq === 0,
      atBefore !== null,
    );
    return this.#readResult(lengthBytes, from, keys, atBefore);
  }

  hashLeaves(): Uint8Array<ArrayBuffer> {
    this.#module.hashLeaves();
    return new Uint8Array(this.#buffer, this.#module.digestsStart.value, 32 * this.#lines);
  }

  /**
   * Compares the MACs of what lies in the window, through the code that verify() uses. For the
   * self-test: its messages are no lines.
   *
   * @param offsets Where the messages begin, and one past the last, each with the suffix of a line.
   * @returns How many, from the first on, have the MAC they end with.
   */
  compareMacs(offsets: readonly number[], key: Uint8Array): number {
    this.#setKey(key);
    new Uint32Array(this.#buffer, this.#module.offsetsStart.value, offsets.length).set(offsets);
    return this.#module.compareMacs(offsets.length - 1);
  }

  #write({ value }: WebAssembly.Global, text: string): void {
    encoder.encodeInto(text, new Uint8Array(this.#buffer, value, text.length));
  }

  #setKey(key: Uint8Array): void {
    const block = new Uint8Array(this.#buffer, this.#module.key.value, 64).fill(0);
    block.set(key.length > block.length ? sha256(key) : key);
    this.#module.setKey();
    block.fill(0);
  }

  #readResult(lengthBytes: number, from: Head, keys: EpochKeys, at: string | null): BatchResult {
    const lines = this.#lines;
    const { offsetsStart, structuralStart, clockBackStart } = this.#module;
    const offsets = this.#table(offsetsStart, lines + 1);
    const end = offsets[lines] ?? 0;
    const clockBack = this.#table(clockBackStart, this.#module.clockBackCount());
    const firstBack = clockBack[0];
    return {
      lines,
      ...this.#readLast(from, keys, at, offsets),
      offsets,
      restBytes: lengthBytes - end,
      isFaulty: this.#module.hasFault() !== 0,
      structural: this.#table(structuralStart, this.#module.structuralCount()),
      clockBack: {
        count: clockBack.length,
        firstSeq: firstBack === undefined ? null : from.seq + 1 + firstBack,
      },
    };
  }

  #readLast(from: Head, keys: EpochKeys, at: string | null, offsets: Uint32Array) {
    const lines = this.#lines;
    if (lines === 0) return { head: from, at };
    const seq = from.seq + lines;
    const end = offsets[lines] ?? 0;
    const time = (offsets[lines - 1] ?? 0) + (encodeOpening(seq, keys) ?? "").length;
    const mac = end - macEndBytes;
    return {
      head: { seq, mac: this.#read(mac, 64), sizeBytes: from.sizeBytes + end },
      at: this.#read(time, 27),
    };
  }

  #read(offset: number, characters: number): string {
    return decoder.decode(this.window.subarray(offset, offset + characters));
  }

  #table({ value }: WebAssembly.Global, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, value, count);
  }
}
