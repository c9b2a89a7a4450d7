/**
 * What one client and the server have between them over HTTP, beyond a single request.
 *
 * @module
 */
import { maxMcpPending } from "../../core/limits.ts";
import type { McpId } from "./mcp_fault.ts";
import type { Passed } from "./request_table.ts";

/** Requests whose streams can be taken up again. */
const maxSuspended = 64;

export class Conversation {
  readonly #fail: (passed: Passed) => void;
  /** By id: 1 and "1" are two. */
  readonly #asked = new Set<McpId>();
  readonly #suspended = new Map<McpId, Passed>();

  /** @param fail Told of a request that gets no answer any more. */
  constructor(fail: (passed: Passed) => void) {
    this.#fail = fail;
  }

  /** The server asks the client; false where it is not to be passed on. */
  ask(id: McpId): boolean {
    if (this.#asked.size >= maxMcpPending) return false;
    this.#asked.add(id);
    return true;
  }

  /** Whether a client's answer is for something the server asked. */
  takeAsked(id: McpId): boolean {
    return this.#asked.delete(id);
  }

  /**
   * The stream of a request can be taken up again (`Last-Event-ID`, 2025-11-25), its answer seen or not.
   *
   * @param passed With its ticket where nothing has come of it yet.
   */
  suspend(passed: Passed): void {
    const { id } = passed.request;
    this.#drop(id);
    this.#suspended.set(id, passed);
    const [oldest] = this.#suspended.keys();
    if (this.#suspended.size > maxSuspended && oldest !== undefined) this.#drop(oldest);
  }

  /** What an answer on such a stream is for, as often as it is lost; its ticket only once. */
  resume(id: McpId): Passed | null {
    const passed = this.#suspended.get(id) ?? null;
    if (passed !== null) this.#suspended.set(id, { request: passed.request, ticket: null });
    return passed;
  }

  /** Nothing more comes. */
  end(): void {
    this.#asked.clear();
    for (const id of [...this.#suspended.keys()]) this.#drop(id);
  }

  #drop(id: McpId): void {
    const passed = this.#suspended.get(id);
    this.#suspended.delete(id);
    if (passed !== undefined) this.#fail(passed);
  }
}
