/**
 * A module's memory as its host sees it: every access is held against the size it has now.
 *
 * @module
 */
import { CheckFailure, type CheckFailureCode } from "../../core/check/check_failure.ts";

/** Text as C has it, and what it ended with. */
export interface TerminatedBytes {
  readonly bytes: Uint8Array;
  readonly end: "zero" | "too_long" | "out_of_memory";
}

export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #code: CheckFailureCode;
  #bytes: Uint8Array;
  #view: DataView;

  /** @param code What it is when a range lies outside. */
  constructor(memory: WebAssembly.Memory, code: CheckFailureCode) {
    this.#memory = memory;
    this.#code = code;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /**
   * A window, not a copy; good until the module runs again.
   *
   * @throws {CheckFailure} It does not lie within the memory.
   */
  slice(pointer: number, length: number): Uint8Array {
    const start = this.#reach(pointer, length);
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * A copy of the bytes before the next 0, at most `maxBytes`.
   *
   * SECURITY: looks at no more than that, so that a memory without a 0 costs nothing more.
   *
   * @throws {CheckFailure} It does not begin within the memory.
   */
  readTerminated(pointer: number, maxBytes: number): TerminatedBytes {
    const start = this.#reach(pointer, 1);
    const window = this.#bytes.subarray(start, start + maxBytes + 1);
    const length = window.indexOf(0);
    if (length >= 0) return { bytes: window.slice(0, length), end: "zero" };
    const end = window.length > maxBytes ? "too_long" : "out_of_memory";
    return { bytes: window.slice(0, maxBytes), end };
  }

  readU32(pointer: number): number {
    return this.#view.getUint32(this.#reach(pointer, 4), true);
  }

  writeU32(pointer: number, value: number): void {
    const start = this.#reach(pointer, 4);
    this.#view.setUint32(start, value, true);
  }

  writeU64(pointer: number, value: bigint): void {
    const start = this.#reach(pointer, 8);
    this.#view.setBigUint64(start, value, true);
  }

  /** The module says i32 where it means an address: its bits, unsigned. */
  #reach(pointer: number, length: number): number {
    const { buffer } = this.#memory;
    // SECURITY: a memory that grew has another buffer, and views of the old one are empty.
    if (buffer !== this.#bytes.buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#view = new DataView(buffer);
    }
    const start = pointer >>> 0;
    if (start + length > this.#bytes.length) {
      const size = this.#bytes.length;
      throw new CheckFailure(
        this.#code,
        `Pointer out of memory: got ${length} bytes at ${start} of ${size}`,
      );
    }
    return start;
  }
}
