/**
 * Stops what keeps dying from being started again and again.
 *
 * @module
 */

/** So many deaths ... */
const maxDeaths = 3;
/** ... within this time open it ... */
const windowMs = 60_000;
/** ... for this long; then one may try. */
const openMs = 30_000;

/** Counts deaths of workers. Never waits: it is asked. */
export class Breaker {
  readonly #nowMs: () => number;
  #deaths: readonly number[] = [];
  #openedAt: number | null = null;

  /** @param nowMs A clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get state(): "closed" | "open" | "half_open" {
    if (this.#openedAt === null) return "closed";
    return this.#nowMs() - this.#openedAt < openMs ? "open" : "half_open";
  }

  died(): void {
    const now = this.#nowMs();
    this.#deaths = [...this.#deaths.filter((at) => now - at < windowMs), now];
    // Whoever was let in to try, and died, has shown enough.
    if (this.state === "half_open" || this.#deaths.length >= maxDeaths) this.#openedAt = now;
  }

  /** A worker did its work. */
  lived(): void {
    if (this.state !== "half_open") return;
    this.#openedAt = null;
    this.#deaths = [];
  }
}
