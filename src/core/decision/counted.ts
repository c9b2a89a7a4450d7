/**
 * What a decision leaves behind for later ones, once it is allowed.
 *
 * @module
 */

export interface Counted {
  /** By Budget.counterId; more than 0. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of conditions on earlier operations that it meets, of those that forbid. */
  readonly met: readonly string[];
  /** Of those that lift a denial. */
  readonly proven: readonly string[];
}
