/**
 * Requests whose answers came by a stream that can be taken up again (`Last-Event-ID`, 2025-11-25):
 * what a client missed of it comes by another request than it was asked by.
 *
 * @module
 */
import type { McpId } from "./mcp_fault.ts";
import type { McpTicket } from "./mcp_guard.ts";
import type { Passed } from "./request_table.ts";

/** Of one conversation. */
const maxSuspended = 64;

export class SuspendedRequests {
  /** By id: 1 and "1" are two. */
  readonly #kept = new Map<McpId, Passed>();

  /**
   * @param passed With its ticket where nothing has come of it yet.
   * @returns Tickets nobody waits for any more.
   */
  keep(passed: Passed): readonly McpTicket[] {
    const { id } = passed.request;
    const given = this.#remove(id);
    this.#kept.set(id, passed);
    const [oldest] = this.#kept.keys();
    const isFull = this.#kept.size > maxSuspended && oldest !== undefined;
    return [given, isFull ? this.#remove(oldest) : null].filter((ticket) => ticket !== null);
  }

  /** The request an answer is for; its ticket only once. Null for none of these. */
  find(id: McpId): Passed | null {
    const passed = this.#kept.get(id) ?? null;
    if (passed !== null) this.#kept.set(id, { request: passed.request, ticket: null });
    return passed;
  }

  #remove(id: McpId): McpTicket | null {
    const ticket = this.#kept.get(id)?.ticket ?? null;
    this.#kept.delete(id);
    return ticket;
  }
}
