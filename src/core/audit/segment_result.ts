/**
 * What verifying one closed segment by itself found: enough to hold it together with the others
 * later, on another machine. Wire form, JSON.
 *
 * @module
 */

/** Verdicts on one file. Nothing vouches for a segment alone but its key. */
export const segmentVerdicts = [
  "OK-UNANCHORED",
  "UNVERIFIABLE",
  "TAMPERED",
  "NO-SEGMENT",
] as const;
export type SegmentVerdict = typeof segmentVerdicts[number];

/** A change of the root secret, as one side of it tells. */
export interface KeyStep {
  readonly from: string;
  readonly to: string;
  readonly commitment: string;
}

/** What the verified lines of a whole segment say. */
export interface SegmentFound {
  readonly seg: number;
  /** 32 hex digits. */
  readonly log_id: string;
  /** SHA-256 of the genesis line, hex. */
  readonly fingerprint: string;
  readonly kid: string;
  readonly first_seq: number;
  /** MAC of the entry before the first, 64 hex digits. */
  readonly prev: string;
  readonly head_seq: number;
  readonly head_mac: string;
  /** Entries, seal included. */
  readonly entries: number;
  /** Size and SHA-256, hex, of exactly the bytes that were verified: the whole file. */
  readonly bytes: number;
  readonly sha256: string;
  /** What it says of the file before; null in segment 0. */
  readonly prev_seg_sha256: string | null;
  /** The pair around a new root secret: announced right before the seal, begun in the second line. */
  readonly key_rotate: KeyStep | null;
  readonly key_begin: KeyStep | null;
}

/** The first thing wrong with a file; the number of the entry is its own claim. */
export interface SegmentFault {
  readonly seq: number;
  readonly offset: number;
  /** As in LogReport. */
  readonly kind: string;
}

/** One file's result; `found` is null unless every line of it verifies. */
export interface SegmentResult {
  /** As whoever asked named it. */
  readonly file: string;
  readonly verdict: SegmentVerdict;
  readonly found: SegmentFound | null;
  readonly fault: SegmentFault | null;
  readonly message: string;
}
