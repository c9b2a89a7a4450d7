/**
 * The line batch without WebAssembly: verifyLines() and what the face wants beside it.
 *
 * @module
 */
import { hmacSha256, sha256 } from "../../integrity/sha256.ts";
import { maxEntryBytes } from "../../limits.ts";
import type { Head } from "../entry.ts";
import type { EpochKeys } from "../keys.ts";
import type { LineHeader } from "../line.ts";
import { verifyLines } from "../verifier.ts";
import type { BatchResult, LineBatch } from "./line_batch.ts";
import { checkBounds } from "./line_opening.ts";

/** As wasm/layout.ts has it. */
const windowBytes = 4 * 1024 * 1024 + maxEntryBytes;
const structuralType = /^audit\.(?:ge|se|ke|pr|re)/;

export class TypescriptBatch implements LineBatch {
  readonly engine = "typescript";
  readonly window = new Uint8Array(windowBytes);
  #offsets = new Uint32Array(1);

  verify(
    lengthBytes: number,
    from: Head,
    keys: EpochKeys,
    atBefore: string | null = null,
  ): BatchResult {
    checkBounds(lengthBytes, this.window.length, atBefore);
    const lines = this.window.subarray(0, lengthBytes);
    const { headers, head, finding } = verifyLines(lines, from, {
      keys,
      hmac: hmacSha256,
      known: [],
    });
    this.#offsets = toOffsets(headers);
    return {
      lines: headers.length,
      head,
      at: headers.at(-1)?.at ?? atBefore,
      offsets: this.#offsets,
      restBytes: lengthBytes - (this.#offsets.at(-1) ?? 0),
      isFaulty: finding !== null,
      structural: findStructural(headers),
      clockBack: countClockBack(headers, atBefore),
    };
  }

  hashLeaves(): Uint8Array<ArrayBuffer> {
    const count = this.#offsets.length - 1;
    const leaves = new Uint8Array(32 * count);
    for (let i = 0; i < count; i++) {
      const line = this.window.subarray(this.#offsets[i], (this.#offsets[i + 1] ?? 0) - 1);
      const leaf = new Uint8Array(1 + line.length);
      leaf.set(line, 1);
      leaves.set(sha256(leaf), 32 * i);
    }
    return leaves;
  }
}

function toOffsets(headers: readonly LineHeader[]): Uint32Array<ArrayBuffer> {
  const offsets = new Uint32Array(headers.length + 1);
  let offset = 0;
  for (const [i, { lineBytes }] of headers.entries()) {
    offset += lineBytes;
    offsets[i + 1] = offset;
  }
  return offsets;
}

function findStructural(headers: readonly LineHeader[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    headers.flatMap(({ type }, i) => structuralType.test(type) ? [i] : []),
  );
}

function countClockBack(
  headers: readonly LineHeader[],
  atBefore: string | null,
): BatchResult["clockBack"] {
  let before = atBefore ?? "";
  let count = 0;
  let firstSeq: number | null = null;
  for (const { at, seq } of headers) {
    if (at < before) {
      count++;
      firstSeq ??= seq;
    }
    before = at;
  }
  return { count, firstSeq };
}
