/**
 * The right edge of the log's tree: the hashes of its largest complete subtrees, which is all that
 * appending and the root need. At most 53 hashes, whatever the tree holds.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../../errors.ts";
import { sha256 } from "../../integrity/sha256.ts";
import { encodeHash, hashBytes, hashWords, joinNodes, readHash } from "./hash_node.ts";

/** Bits of the largest size, 2^53 - 1: as many subtrees as there can be. */
const maxSubtrees = 53;

/** A complete subtree: leaves `index * 2^level` up to, not including, `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** As a seal carries it: hashes of the subtrees, 64 hex digits each, largest first. */
export interface EncodedFrontier {
  readonly size: number;
  readonly hashes: readonly string[];
}

/** Told of each complete subtree the moment its last leaf is appended; leaves are level 0. */
export type OnSubtree = (subtree: Subtree) => void;

export class Frontier {
  #size = 0;
  /** Hashes on the stack; one for each 1 in the binary form of the size. */
  #count = 0;
  /** The stack, largest subtree first; a leaf needs one place above it. */
  readonly #words = new Int32Array(hashWords * (maxSubtrees + 1));

  /** Leaves so far, at most 2^53 - 1. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends leaf hashes in their order.
   *
   * @param leafHashes 32 bytes each, one after the other; none is no change.
   * @param onSubtree Slows each leaf down: give it for the few leaves where it matters.
   * @throws {EngineError} `internal` when the bytes are no whole hashes or the tree would outgrow
   *   2^53 - 1; nothing is appended then.
   */
  append(leafHashes: Uint8Array, onSubtree?: OnSubtree): void {
    const count = leafHashes.length / hashBytes;
    if (!Number.isSafeInteger(count) || !Number.isSafeInteger(this.#size + count)) {
      const got = `${leafHashes.length} bytes at ${this.#size} leaves`;
      throw new EngineError("internal", `Cannot append leaf hashes: got ${got}`);
    }
    for (let offset = 0; offset < leafHashes.length; offset += hashBytes) {
      this.#push(leafHashes, offset, onSubtree);
    }
  }

  #push(leafHashes: Uint8Array, offset: number, onSubtree: OnSubtree | undefined): void {
    const words = this.#words;
    let at = this.#count * hashWords;
    readHash(leafHashes, offset, { words, at });
    let level = 0;
    let index = this.#size;
    onSubtree?.({ level, index, hash: encodeHash(words, at) });
    // A right child completes its parent, which may be a right child again.
    for (; index % 2 === 1; index = (index - 1) / 2) {
      at -= hashWords;
      joinNodes(words, at);
      level++;
      onSubtree?.({ level, index: (index - 1) / 2, hash: encodeHash(words, at) });
    }
    this.#count = at / hashWords + 1;
    this.#size++;
  }

  /** Root of the whole tree, 32 bytes; of an empty one SHA-256 of nothing. */
  root(): Uint8Array {
    return this.rootFrom(0);
  }

  /**
   * Root of the leaves from `start` to the end.
   *
   * @param start First leaf of one of subtrees(), or the size.
   * @throws {EngineError} `internal` for any other: the hashes to know it are gone.
   */
  rootFrom(start: number): Uint8Array {
    const first = this.#positions().findIndex((position) => position.start === start);
    if (start === this.#size) return sha256(new Uint8Array());
    if (first < 0) throw new EngineError("internal", `Cannot hash the tree from leaf ${start}`);
    const words = this.#words.slice(first * hashWords, this.#count * hashWords);
    for (let at = words.length - 2 * hashWords; at >= 0; at -= hashWords) joinNodes(words, at);
    return encodeHash(words, 0);
  }

  /** The subtrees, largest first. */
  subtrees(): readonly Subtree[] {
    return this.#positions().map(({ level, start }, place) => ({
      level,
      index: start / 2 ** level,
      hash: encodeHash(this.#words, place * hashWords),
    }));
  }

  #positions(): readonly { readonly level: number; readonly start: number }[] {
    return planSubtrees(this.#size);
  }

  /** A copy that grows on its own. */
  copy(): Frontier {
    const copy = new Frontier();
    copy.#size = this.#size;
    copy.#count = this.#count;
    copy.#words.set(this.#words);
    return copy;
  }

  encode(): EncodedFrontier {
    return { size: this.#size, hashes: this.subtrees().map(({ hash }) => encodeHex(hash)) };
  }

  /**
   * The frontier of a tree of `size` leaves whose subtrees have these hashes; null when the size is
   * no whole number up to 2^53 - 1, or there are not as many hashes as it has subtrees, 32 bytes each.
   */
  static restore(size: number, hashes: readonly Uint8Array[]): Frontier | null {
    if (!Number.isSafeInteger(size) || size < 0) return null;
    if (hashes.length !== planSubtrees(size).length) return null;
    if (hashes.some((hash) => hash.length !== hashBytes)) return null;
    const frontier = new Frontier();
    frontier.#size = size;
    frontier.#count = hashes.length;
    const words = frontier.#words;
    hashes.forEach((hash, place) => readHash(hash, 0, { words, at: place * hashWords }));
    return frontier;
  }
}

/** The complete subtrees of a tree, largest first: the 1s in the binary form of its size. */
function planSubtrees(size: number): readonly { readonly level: number; readonly start: number }[] {
  const subtrees: { readonly level: number; readonly start: number }[] = [];
  // Not by shifts: those would cut the size to 32 bits.
  for (let level = maxSubtrees - 1, start = 0; level >= 0; level--) {
    const width = 2 ** level;
    if (size - start < width) continue;
    subtrees.push({ level, start });
    start += width;
  }
  return subtrees;
}
