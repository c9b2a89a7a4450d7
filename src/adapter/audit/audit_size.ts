/**
 * Whether a segment has come to its size.
 *
 * @module
 */
import { maxSegmentBytes, maxSegmentEntries } from "../../core/limits.ts";
import type { ActiveLog } from "./audit_active.ts";

/** A line takes at least this much: fewer bytes cannot be too many entries. */
const minLineBytes = 256;

export class SegmentSize {
  #first: { readonly seg: number; readonly seq: number } | null = null;

  isFull(active: ActiveLog): boolean {
    const { bytes, entries } = active.options.segmentLimits ??
      { bytes: maxSegmentBytes, entries: maxSegmentEntries };
    const { head } = active.position;
    if (head.sizeBytes >= bytes) return true;
    if (head.sizeBytes < entries * minLineBytes) return false;
    return head.seq - this.#readFirstSeq(active) >= entries;
  }

  /** Once for each segment: its first line is far from where it is appended to. */
  #readFirstSeq(active: ActiveLog): number {
    const { seg } = active;
    if (this.#first?.seg !== seg) this.#first = { seg, seq: active.readFirstSeq() };
    return this.#first.seq;
  }
}
