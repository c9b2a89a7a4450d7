/**
 * `Idempotency-Key` of requests: the same key never stands for two bodies.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { maxIdempotencyKeyCharacters, maxIdempotencyKeys } from "../../core/limits.ts";
import type { Principal } from "../../core/operation/operation.ts";
import { TaskProblem } from "./task_problem.ts";

const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** @throws {EngineError} `usage` unless there is one key of 1 to 128 printable ASCII characters. */
export function parseIdempotencyKey(headers: Headers): string {
  const key = headers.get("idempotency-key") ?? "";
  if (key.length <= maxIdempotencyKeyCharacters && keyPattern.test(key)) return key;
  const what = key === "" ? "Missing header Idempotency-Key" : "Cannot use the Idempotency-Key";
  throw new EngineError("usage", what, {
    hint:
      `Send one that is new for each request you mean: 1 to ${maxIdempotencyKeyCharacters} printable ASCII characters`,
  });
}

/**
 * Keys of this process, the oldest forgotten first. That is enough: a request is opened by the
 * denial and lives in the log, its id makes asking again the same act, and no answer is kept here
 * but made from the log each time. A key forgotten, or lost with the process, costs the caller the
 * warning that it used one key for two bodies, and nothing else.
 */
export class IdempotencyKeys {
  readonly #bodies = new Map<string, string>();

  /** Whether this key came with this body before. @throws {EngineError} `duplicate_request`. */
  isKnown(principal: Principal, key: string, bodyDigest: string): boolean {
    const before = this.#bodies.get(`${principal}\n${key}`);
    if (before !== undefined && before !== bodyDigest) throw new TaskProblem("duplicate_request");
    return before !== undefined;
  }

  /** Keeps a key whose request was found in order. @throws {EngineError} `duplicate_request`. */
  remember(principal: Principal, key: string, bodyDigest: string): void {
    // Looked at again: another call may have brought the key while the engine was asked.
    if (this.isKnown(principal, key, bodyDigest)) return;
    const [oldest] = this.#bodies.keys();
    if (this.#bodies.size >= maxIdempotencyKeys && oldest !== undefined) {
      this.#bodies.delete(oldest);
    }
    this.#bodies.set(`${principal}\n${key}`, bodyDigest);
  }
}
