/**
 * What checks take of a process's memory, as far as V8 does not see it: it collects for what grows on
 * its own heap, and neither code nor linear memories are there. SECURITY: at the limits every policy has,
 * a module that filled 32 MiB was a gigabyte after thirty runs, none of which had any of it still.
 *
 * @module
 */

/** Told by whoever loads and runs checks. */
export interface MemoryUse {
  /**
   * A module passed the gate and is to be compiled.
   *
   * @param weight Of branches and calls: see BranchWork.
   */
  readonly compiles: (weight: number) => void;
  /** Nobody uses so many bytes any more. */
  readonly leaves: (bytes: number) => void;
}

/** Where nobody counts. */
export const uncounted: MemoryUse = { compiles: () => {}, leaves: () => {} };

/** Compiled, and optimised: 1.8 MB as heavy as can be were 170 MiB, 2 MB of plain code 14. */
const bytesPerByte = 8;
const bytesPerWeight = 40;
/** A module on its way in: the frame, the copy, what was decoded, the metered one. */
const loadBytesPerByte = 8;

/** What is kept and what was left come to no more than this ... */
const maxBytes = 100_663_296;
/** ... but for this much it is not worth to look: a collection takes milliseconds. */
const minLeftBytes = 4_194_304;

/** Bytes that a module takes while it is kept; about, and the same on every machine. */
export function codeBytesOf(moduleBytes: number, weight: number): number {
  return moduleBytes * bytesPerByte + weight * bytesPerWeight;
}

/** Bytes that loading a module leaves behind. */
export function loadBytesOf(moduleBytes: number): number {
  return moduleBytes * loadBytesPerByte;
}

/** One for each process. It knows what it is told, and looks at nothing. */
export class MemoryAccount {
  readonly #collect: () => void;
  #kept = 0;
  #left = 0;

  /** @param collect Frees what nobody uses, before it returns. */
  constructor(collect: () => void) {
    this.#collect = collect;
  }

  /** Bytes that stay until they are dropped. */
  keep(bytes: number): void {
    this.#kept += bytes;
  }

  drop(bytes: number): void {
    this.#kept -= bytes;
    this.leave(bytes);
  }

  leave(bytes: number): void {
    this.#left += bytes;
  }

  /** @param aheadBytes What is about to be taken. */
  isDue(aheadBytes = 0): boolean {
    return this.#left >= minLeftBytes && this.#kept + this.#left + aheadBytes > maxBytes;
  }

  /** Collects where it is due. @param aheadBytes As for isDue(). */
  settle(aheadBytes = 0): void {
    if (!this.isDue(aheadBytes)) return;
    this.#left = 0;
    this.#collect();
  }
}
