/**
 * What one client and the server have between them over HTTP, beyond a single request.
 *
 * @module
 */
import { maxMcpPending } from "../../core/limits.ts";
import type { McpId } from "./mcp_fault.ts";
import type { Passed } from "./request_table.ts";

export class Conversation {
  readonly #fail: (passed: Passed) => void;
  readonly #asked = new Set<string>();
  readonly #unanswered = new Map<string, Passed>();

  /** @param fail Told of a request that gets no answer any more. */
  constructor(fail: (passed: Passed) => void) {
    this.#fail = fail;
  }

  /** The server asks the client; false where it is not to be passed on. */
  ask(id: McpId): boolean {
    if (this.#asked.size >= maxMcpPending) return false;
    this.#asked.add(keyOf(id));
    return true;
  }

  /** Whether a client's answer is for something the server asked. */
  takeAsked(id: McpId | null): boolean {
    return id !== null && this.#asked.delete(keyOf(id));
  }

  /** A stream that can be resumed ended before the answer came. */
  keep(passed: Passed): void {
    const key = keyOf(passed.request.id);
    this.#drop(key);
    this.#unanswered.set(key, passed);
    const [oldest] = this.#unanswered.keys();
    if (this.#unanswered.size > maxMcpPending && oldest !== undefined) this.#drop(oldest);
  }

  /** What an answer on a resumed stream is for; null for nothing. */
  resume(id: McpId | null): Passed | null {
    const key = id === null ? "" : keyOf(id);
    const passed = this.#unanswered.get(key) ?? null;
    this.#unanswered.delete(key);
    return passed;
  }

  /** Nothing more comes. */
  end(): void {
    for (const key of [...this.#unanswered.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    const passed = this.#unanswered.get(key);
    this.#unanswered.delete(key);
    if (passed !== undefined) this.#fail(passed);
  }
}

function keyOf(id: McpId): string {
  return `${typeof id}:${id}`;
}
