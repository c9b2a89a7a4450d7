/**
 * What a seal says of a segment, computed over verified bytes only: an entry that was changed before
 * its segment is sealed must not get a seal.
 *
 * @module
 */
import type { LineBatch } from "../../core/audit/batch/line_batch.ts";
import type { Head } from "../../core/audit/entry.ts";
import type { EpochKeys } from "../../core/audit/keys.ts";
import { toEntry } from "../../core/audit/line.ts";
import type { Frontier } from "../../core/audit/merkle/frontier.ts";
import { hashLeaf } from "../../core/audit/merkle/hash_leaf.ts";
import { type SealFacts, treeBefore } from "../../core/audit/segment.ts";
import { TamperDetectedError } from "../../core/errors.ts";
import type { HmacSha256, RunningHash, StartHash } from "../../core/ports.ts";
import type { RegularFile } from "./audit_disk.ts";
import { readFirstHeader } from "./audit_walk.ts";
import { type BatchBlock, walkBatch } from "./audit_walk_batch.ts";

/** A segment to digest. */
export interface DigestInput {
  readonly log: RegularFile;
  readonly keys: EpochKeys;
  readonly hmac: HmacSha256;
  readonly startHash: StartHash;
  readonly batch: LineBatch;
}

/** Goes on in steps, so that the long part needs no lock. */
export class SegmentDigest {
  readonly keys: EpochKeys;
  readonly #input: DigestInput;
  readonly #hash: RunningHash;
  readonly #first: number;
  #tree: Frontier | null = null;
  #head: Head;

  constructor(input: DigestInput) {
    this.#input = input;
    this.keys = input.keys;
    this.#hash = input.startHash();
    const first = readFirstHeader(input.log);
    this.#first = first?.seq ?? 0;
    this.#head = { seq: this.#first - 1, mac: first?.prev ?? "0".repeat(64), sizeBytes: 0 };
  }

  /**
   * Takes in what lies between the last step and `to`; yields now and then.
   *
   * @param to A head that was verified: the segment must get there.
   * @throws {TamperDetectedError} `audit_tampered` when a line on the way does not verify.
   */
  *advance(to: Head): Generator<void, void> {
    const { log, keys, hmac } = this.#input;
    const { batch } = this.#input;
    const range = { from: this.#head, sizeBytes: to.sizeBytes, known: [to] };
    const walk = walkBatch({ log, keys, hmac, ...range }, batch);
    for (;;) {
      const step = walk.next();
      if (step.done) {
        const { head, finding } = step.value;
        if (finding !== null || head.seq !== to.seq || head.mac !== to.mac) throw damaged(head.seq);
        this.#head = head;
        return;
      }
      this.#take(step.value);
      yield;
    }
  }

  /** Lines that are about to be written behind. */
  add(lines: readonly Uint8Array[]): void {
    for (const line of lines) {
      this.#hash.update(line);
      this.#tree?.append(hashLeaf(line.subarray(0, -1)));
      const { seq, sizeBytes } = this.#head;
      this.#head = { ...this.#head, seq: seq + 1, sizeBytes: sizeBytes + line.length };
    }
  }

  /** Once, at the end. */
  facts(): Omit<SealFacts, "seg" | "state"> {
    if (this.#tree === null) throw damaged(this.#head.seq);
    return {
      first: this.#first,
      count: this.#head.seq + 1 - this.#first,
      bytes: this.#head.sizeBytes,
      sha256: this.#hash.digest(),
      tree: this.#tree.encode(),
    };
  }

  #take(block: BatchBlock): void {
    this.#tree ??= treeBefore(toEntry(block.header(0)));
    this.#hash.update(block.bytes);
    this.#tree?.append(block.leafHashes);
  }
}

function damaged(seq: number): TamperDetectedError {
  return new TamperDetectedError("audit_tampered", `Entry ${seq + 1} does not verify any more`, {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}
