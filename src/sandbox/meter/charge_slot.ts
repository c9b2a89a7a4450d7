/**
 * Where a function pays, and what for: a slot is a place in the code, and the cost of all
 * instructions that are executed as often as that place is passed.
 *
 * @module
 */

/**
 * What a slot may take over from slots that lie behind a branch after it. Fewer places to pay at
 * make fast code; the price is that a run that takes the branch has paid for up to this much that
 * it did not execute.
 */
export const mostPaidAhead = 16;

/** One place to pay at. */
export class ChargeSlot {
  /** Units; in the end 0 where another slot pays for this one. */
  units = 0;
  /** The slot that is always passed before this one, in the same turn of the same loop; or null. */
  readonly before: ChargeSlot | null;
  /** Who pays: this one, or one before it. */
  payer: ChargeSlot = this;
  #ahead = 0;

  constructor(before: ChargeSlot | null) {
    this.before = before;
  }

  /**
   * Lets the slot before pay, if it may take that much more. To be called once all units are
   * known, in the order the slots stand in the code.
   */
  mergeBackward(): void {
    if (this.before === null) return;
    const payer = this.before.payer;
    if (payer.#ahead + this.units > mostPaidAhead) return;
    payer.units += this.units;
    payer.#ahead += this.units;
    this.units = 0;
    this.payer = payer;
  }
}
