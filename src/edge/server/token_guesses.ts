/**
 * Counts wrong tokens where a right one could approve.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

/** In one window; a client with the wrong file tries less often. */
export const maxWrongTokens = 20;
const windowMs = 60_000;

/**
 * SECURITY: refuses only what is wrong anyway. Were right tokens refused too, an agent could keep
 * the person away who would say no; at 256 bits a token is not found by trying. What the count
 * saves is the log, which gets one line a window, and it tells a guesser nothing.
 */
export class TokenGuesses {
  readonly #nowMs: () => number;
  readonly #log: (line: string) => void;
  #startMs = -Infinity;
  #count = 0;

  /** @param nowMs Of a clock that never goes back. */
  constructor(nowMs: () => number, log: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#log = log;
  }

  /** Counts one, and returns what to refuse it with: `error`, or `request_limited` (429). */
  note(error: EngineError): EngineError {
    const nowMs = this.#nowMs();
    if (nowMs - this.#startMs >= windowMs) {
      this.#startMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= maxWrongTokens) return error;
    if (this.#count === maxWrongTokens + 1) {
      this.#log(`More than ${maxWrongTokens} wrong tokens within a minute, for approving`);
    }
    return new EngineError("request_limited", "Too many calls with a wrong token", {
      hint: "Use the right token, or wait a minute",
    });
  }
}
