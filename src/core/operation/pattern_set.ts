/**
 * Contract; the compiled set is built here.
 *
 * @module
 */

/** Many patterns compiled into one matcher: cost grows with the path, hardly with the patterns. */
export interface PatternSet {
  /** Indexes, ascending, of the patterns that match any of the forms (see path.ts). */
  readonly match: (forms: readonly string[]) => readonly number[];
  /**
   * Indexes, ascending, of anchored patterns that could match something below a folder given by
   * its forms, whether it exists or not. Patterns that match at any depth are not listed: for
   * those the folder's entries must be looked at.
   */
  readonly mayMatchBelow: (forms: readonly string[]) => readonly number[];
}
