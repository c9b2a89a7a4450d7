/**
 * Counts by key in bounded memory. The keys are texts of agents: they may be as many as operations.
 *
 * @module
 */

/** Distinct keys of one tally; what comes after them is counted together. */
export const maxTallyKeys = 10_000;

/** The heaviest rows, and what they leave out. */
export interface Ranking<Row> {
  readonly rows: readonly Row[];
  /** Distinct keys; past maxTallyKeys (10,000) keys are not told apart any more. */
  readonly distinct: number;
  /** Weight of everything that no row shows. */
  readonly other: number;
}

/** One mutable row for each key; keeps the first `maxKeys` keys apart. */
export class Tally<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #create: (key: string) => Row;
  readonly #maxKeys: number;
  #overflow = 0;

  constructor(create: (key: string) => Row, maxKeys = maxTallyKeys) {
    this.#create = create;
    this.#maxKeys = maxKeys;
  }

  /** The row of a key; null, and one more in `other`, when there are too many keys already. */
  at(key: string): Row | null {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= this.#maxKeys) {
      this.#overflow++;
      return null;
    }
    const row = this.#create(key);
    this.#rows.set(key, row);
    return row;
  }

  /** Every row that is told apart, in the order of its first appearance. */
  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** The `top` heaviest; of equal weight the one seen first comes first. */
  rank(top: number, weigh: (row: Row) => number): Ranking<Row> {
    const sorted = this.rows.toSorted((a, b) => weigh(b) - weigh(a));
    const other = sorted.slice(top).reduce((sum, row) => sum + weigh(row), this.#overflow);
    return { rows: sorted.slice(0, top), distinct: this.#rows.size, other };
  }
}
