/** The host's clock, and how far a test has moved it. */
import { nowMicros } from "../../src/adapter/clock.ts";

export class ShiftedClock {
  #shiftMicros = 0;

  readonly nowMicros = (): number => nowMicros() + this.#shiftMicros;

  /** Seconds since 1970, whole. */
  now(): number {
    return Math.floor(this.nowMicros() / 1_000_000);
  }

  /** Back where negative. */
  move(seconds: number): void {
    this.#shiftMicros += seconds * 1_000_000;
  }

  /** To just after a second begins: what follows happens within it. */
  toSecond(second: number): void {
    this.#shiftMicros = second * 1_000_000 + 1_000 - nowMicros();
  }

  /** Into the beginning of a time step of codes, so that a test does not straddle two. */
  toStep(): void {
    this.toSecond(Math.ceil(this.now() / 30) * 30);
  }
}
