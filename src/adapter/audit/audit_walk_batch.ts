/**
 * Walks a segment in large windows, its lines verified in bulk. For whole logs: opening one for a
 * decision looks at a few lines and does not load this.
 *
 * @module
 */
import type { BatchResult, LineBatch } from "../../core/audit/batch/line_batch.ts";
import { openLineBatch } from "../../core/audit/batch/open_line_batch.ts";
import type { Head } from "../../core/audit/entry.ts";
import { type LineHeader, parseHeader, toEntry } from "../../core/audit/line.ts";
import type { StructuralEntry } from "../../core/audit/structure.ts";
import { type Finding, verifyLines } from "../../core/audit/verifier.ts";
import { EngineError } from "../../core/errors.ts";
import { type Block, endOf, type Walk, type WalkEnd } from "./audit_walk.ts";

/** Verified lines in a window of a batch; everything is a view, valid until the next block. */
export class BatchBlock implements Block {
  readonly #batch: LineBatch;
  readonly #offsets: Uint32Array;
  readonly #from: Head;
  readonly count: number;

  constructor(batch: LineBatch, result: BatchResult, from: Head, count: number) {
    this.#batch = batch;
    this.#offsets = result.offsets;
    this.#from = from;
    this.count = count;
  }

  get firstSeq(): number {
    return this.#from.seq + 1;
  }

  /** Parsed anew with every call. */
  get headers(): readonly LineHeader[] {
    return Array.from({ length: this.count }, (_, i) => this.header(i));
  }

  get bytes(): Uint8Array {
    return this.#batch.window.subarray(0, this.#offsets[this.count] ?? 0);
  }

  /** 32 bytes each; see LineBatch.hashLeaves. */
  get leafHashes(): Uint8Array {
    return this.#batch.hashLeaves().subarray(0, this.count * 32);
  }

  /** The line at an index, 0 to `count` - 1. */
  header(index: number): LineHeader {
    const header = parseHeader(this.line(index));
    if (header === null) throw disagreement(this.firstSeq + index);
    return header;
  }

  /** Its bytes without the LF. */
  line(index: number): Uint8Array {
    const [start, end] = [this.#offsets[index] ?? 0, this.#offsets[index + 1] ?? 0];
    return this.#batch.window.subarray(start, end - 1);
  }

  structural(index: number): StructuralEntry {
    const header = this.header(index);
    const offset = this.#from.sizeBytes + (this.#offsets[index] ?? 0);
    return { entry: toEntry(header), offset, lineBytes: header.lineBytes };
  }

  /** After the first `count` lines. */
  headAt(count: number): Head {
    if (count === 0) return this.#from;
    const { seq, mac } = this.header(count - 1);
    return { seq, mac, sizeBytes: this.#from.sizeBytes + (this.#offsets[count] ?? 0) };
  }
}

// INVARIANT: what the batch lets pass, the reader of lines can read; a test holds them together.
function disagreement(seq: number): EngineError {
  return new EngineError("internal", `Two readers of the log disagree about entry ${seq}`);
}

/** As walkLog, for many lines. */
export function* walkBatch(walk: Walk, batch: LineBatch): Generator<BatchBlock, WalkEnd> {
  const structural: StructuralEntry[] = [];
  const macs = new Map<number, string>();
  let clockBack = { count: 0, firstSeq: null as number | null };
  let head = walk.from;
  let at: string | null = null;
  const end = (finding: Finding | null) =>
    endOf(walk, head, finding, { structural, clockBack, macs });
  while (head.sizeBytes < walk.sizeBytes) {
    const wanted = Math.min(batch.window.length, walk.sizeBytes - head.sizeBytes);
    const length = walk.log.readInto(batch.window.subarray(0, wanted), head.sizeBytes);
    const result = batch.verify(length, head, walk.keys, at);
    const block = new BatchBlock(batch, result, head, result.lines);
    const early = findUnreadable(block, result) ?? findOther(block, walk);
    if (early !== null) {
      const known = new BatchBlock(batch, result, head, early.lines);
      if (early.lines > 0) yield known;
      head = known.headAt(early.lines);
      return end({ seq: head.seq + 1, offset: head.sizeBytes, kind: early.kind });
    }
    for (const index of result.structural) structural.push(block.structural(index));
    for (const seq of walk.wanted ?? []) {
      const index = seq - block.firstSeq;
      if (index >= 0 && index < block.count) macs.set(seq, block.header(index).mac);
    }
    clockBack = {
      count: clockBack.count + result.clockBack.count,
      firstSeq: clockBack.firstSeq ?? result.clockBack.firstSeq,
    };
    const finding = result.isFaulty ? explain(batch, length, result, walk) : null;
    if (result.lines > 0) yield block;
    head = result.head;
    at = result.at;
    if (finding !== null) return end(finding);
    if (result.lines === 0 || length < wanted) break;
  }
  return end(null);
}

/** A line that verifies and is yet where the walk ends. */
interface EarlyEnd {
  /** Lines before it. */
  readonly lines: number;
  readonly kind: "syntax" | "head";
}

/** An entry of the log's own whose details are not in their one encoding: under a right MAC, a bug. */
function findUnreadable(block: BatchBlock, { structural }: BatchResult): EarlyEnd | null {
  for (const index of structural) {
    try {
      block.structural(index);
    } catch (error) {
      if (error instanceof EngineError && error.code === "audit_tampered") {
        return { lines: index, kind: "syntax" };
      }
      throw error;
    }
  }
  return null;
}

/** The first line that a head knows otherwise; null when there is none. */
function findOther(block: BatchBlock, { known }: Walk): EarlyEnd | null {
  const others = known.filter(({ seq, mac }) => {
    const index = seq - block.firstSeq;
    return index >= 0 && index < block.count && block.header(index).mac !== mac;
  });
  if (others.length === 0) return null;
  const lines = Math.min(...others.map(({ seq }) => seq)) - block.firstSeq;
  return { lines, kind: "head" };
}

/** Why the line behind the verified ones is not the next one. */
function explain(batch: LineBatch, length: number, result: BatchResult, walk: Walk): Finding {
  const rest = batch.window.subarray(length - result.restBytes, length);
  const { finding, headers } = verifyLines(rest, result.head, walk);
  if (finding === null || headers.length > 0) throw disagreement(result.head.seq + 1);
  return finding;
}

/** Not in use; two are kept, since a server may answer two readers at a time. */
const spare: LineBatch[] = [];

/** A batch for one walk, given back when disposed. */
export function takeBatch(): Disposable & { readonly batch: LineBatch } {
  const batch = spare.pop() ?? openLineBatch();
  return {
    batch,
    [Symbol.dispose]: () => {
      if (spare.length < 2) spare.push(batch);
    },
  };
}
