/**
 * One line on the terminal that says how far a long look has come. Nothing where no human sits, and
 * nothing for half a second: most looks are over by then.
 *
 * @module
 */
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";

const quietMs = 500;
const everyMs = 100;
const barWidth = 24;

export class ProgressLine {
  readonly #context: CliContext;
  readonly #verb: string;
  readonly #startedMs = performance.now();
  #total = 0;
  #done = 0;
  #entries = 0;
  #shownMs = 0;
  #isShown = false;

  /** @param verb Past participle, e.g. `verified`. */
  constructor(context: CliContext, verb: string) {
    this.#context = context;
    this.#verb = verb;
  }

  begin(totalBytes: number): void {
    this.#total = totalBytes;
  }

  advance(bytes: number, entries: number): void {
    this.#done += bytes;
    this.#entries += entries;
    const now = performance.now();
    if (now - this.#startedMs < quietMs || now - this.#shownMs < everyMs) return;
    if (!this.#context.host.isWatched) return;
    this.#shownMs = now;
    this.#isShown = true;
    writeOutput(this.#context.stderr, `\r\u001b[K${this.#render(now - this.#startedMs)}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#isShown) writeOutput(this.#context.stderr, "\r\u001b[K");
    this.#isShown = false;
  }

  #render(elapsedMs: number): string {
    const share = this.#total === 0 ? 1 : Math.min(1, this.#done / this.#total);
    const filled = Math.round(share * barWidth);
    const bar = "#".repeat(filled) + "-".repeat(barWidth - filled);
    const perSecond = Math.round(this.#entries / (elapsedMs / 1_000));
    const leftSeconds = Math.ceil((elapsedMs / 1_000) * (1 / Math.max(share, 0.001) - 1));
    const percent = String(Math.floor(share * 100)).padStart(3);
    return `[${bar}] ${percent}% ${this.#entries} entries ${this.#verb}, ` +
      `${perSecond} per second, ${leftSeconds} s left`;
  }
}
