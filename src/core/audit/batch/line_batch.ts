/**
 * Verifies lines of the log in bulk: window after window of raw bytes, four lines at a time where
 * the machine can. It accepts what verifier.ts accepts and says how far; why a line is not the next
 * one, verifyLines() says. SPEC.md beside this file says how the module is made.
 *
 * @module
 */
import type { Head } from "../entry.ts";
import type { EpochKeys } from "../keys.ts";

/** How far the lines of a window are the next ones of the chain. */
export interface BatchResult {
  /** Verified, from the first on. */
  readonly lines: number;
  /** After the last verified line; `from` when there is none. */
  readonly head: Head;
  /** `ts` of the last verified line, else what was given as `atBefore`. */
  readonly at: string | null;
  /**
   * Where in the window verified lines begin, and one past the last one's LF: `lines` + 1 numbers.
   * A view, valid until the next call.
   */
  readonly offsets: Uint32Array<ArrayBuffer>;
  /** Bytes behind the last verified line: a line that is not whole, or the faulty one and the rest. */
  readonly restBytes: number;
  /** The line behind the verified ones is complete and not the next one, or is overlong. */
  readonly isFaulty: boolean;
  /**
   * Indices of verified lines whose type begins with `audit.` and `ge`, `se`, `ke`, `pr` or `re`:
   * those that structure the log, and perhaps others. A view, valid until the next call.
   */
  readonly structural: Uint32Array<ArrayBuffer>;
  /** Verified lines whose `ts` is smaller than that of the line before: AUD-20, no finding. */
  readonly clockBack: { readonly count: number; readonly firstSeq: number | null };
}

/** One window and the memory for its results: not for two walks at a time. About 5 MB. */
export interface LineBatch {
  readonly engine: "simd" | "typescript";
  /** What the file is read into: 4 MiB, and room for the line that the read before has cut. */
  readonly window: Uint8Array<ArrayBuffer>;
  /**
   * Verifies the complete lines of the first `lengthBytes` of the window as the ones behind `from`.
   * Like verifyLines() without known heads; the genesis rule is included.
   *
   * @param keys Of the one epoch all lines must be of.
   * @param atBefore `ts` of the line before the window, 27 characters; null when there is none.
   * @throws {EngineError} `internal` when a length is out of bounds.
   */
  verify(
    lengthBytes: number,
    from: Head,
    keys: EpochKeys,
    atBefore?: string | null,
  ): BatchResult;
  /**
   * Leaf hashes, RFC 6962 section 2.1: SHA-256 of a zero byte and a line without its LF, for each
   * line the last verify() has verified, 32 bytes each. A view, valid until the next call. The
   * window must not have changed in between.
   */
  hashLeaves(): Uint8Array<ArrayBuffer>;
}
