/**
 * Bytes for modules that want randomness: the same for the same module and request, on every
 * machine, so that a run can be played again. No secret, and good for no key.
 *
 * @module
 */
import { hmacSha256, sha256 } from "../../core/integrity/sha256.ts";

const blockBytes = 32;
const label = new TextEncoder().encode("sealward check random 1\0");

export class CheckRandom {
  readonly #seed: Uint8Array;
  #block = new Uint8Array(0);
  #counter = 0n;

  /** @param moduleHash SHA-256 of the module as it was pinned. */
  constructor(moduleHash: Uint8Array, request: Uint8Array) {
    this.#seed = sha256(concat([label, moduleHash, sha256(request)]));
  }

  /** Fills `target` with the next bytes: HMAC-SHA-256(seed, counter as 8 bytes, big-endian). */
  fill(target: Uint8Array): void {
    for (let at = 0; at < target.length;) {
      if (this.#block.length === 0) this.#block = this.#nextBlock();
      const piece = this.#block.subarray(0, target.length - at);
      target.set(piece, at);
      this.#block = this.#block.subarray(piece.length);
      at += piece.length;
    }
  }

  #nextBlock(): Uint8Array<ArrayBuffer> {
    const counter = new Uint8Array(8);
    new DataView(counter.buffer).setBigUint64(0, this.#counter++);
    return Uint8Array.from(hmacSha256(this.#seed, counter));
  }
}

/** How many blocks of the hash so many bytes take, for whoever pays for them. */
export function randomBlocks(bytes: number): number {
  return Math.ceil(bytes / blockBytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
