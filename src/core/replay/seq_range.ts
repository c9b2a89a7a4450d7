/**
 * A part of the log.
 *
 * @module
 */

/** Entries from `first` to `last`, both included; Infinity is the end. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}
