/**
 * What each side has asked and the other has not answered yet. An answer to anything else is dropped.
 *
 * @module
 */
import { maxMcpPending } from "../../core/limits.ts";
import { McpFault, type McpId } from "./mcp_fault.ts";
import type { McpTicket } from "./mcp_guard.ts";
import type { McpRequest } from "./mcp_message.ts";

/** A request that was passed to the server. */
export interface Passed {
  readonly request: McpRequest;
  readonly ticket: McpTicket | null;
}

export class RequestTable {
  readonly #report: (ticket: McpTicket, status: "done" | "failed") => void;
  /** By key: ids the client may not use again yet. */
  readonly #open = new Set<string>();
  readonly #passed = new Map<string, Passed>();
  /** Ids nobody waits for any more, though the server may still answer: no other one may have them. */
  readonly #given = new Set<string>();
  /** Requests of the server. */
  readonly #asked = new Set<string>();

  constructor(report: (ticket: McpTicket, status: "done" | "failed") => void) {
    this.#report = report;
  }

  /** A client's request has come. @throws {McpFault} Where its id is in use, or too many wait. */
  begin(id: McpId): void {
    const key = keyOfId(id);
    // SECURITY: an answer under this id would pass for the other one's.
    if (this.#open.has(key) || this.#given.has(key)) {
      throw new McpFault("invalid_request", `the id ${id} a second time`);
    }
    if (this.#open.size >= maxMcpPending) {
      throw new McpFault("invalid_request", "too many requests at once", { ids: [id] });
    }
    this.#open.add(key);
  }

  /** It is answered. */
  end(id: McpId): void {
    this.#open.delete(keyOfId(id));
  }

  isOpen(id: McpId): boolean {
    return this.#open.has(keyOfId(id));
  }

  pass(passed: Passed): void {
    this.#passed.set(keyOfId(passed.request.id), passed);
  }

  /** What a server's answer is for; null for nothing. */
  take(id: McpId | null): Passed | null {
    const key = id === null ? "" : keyOfId(id);
    const passed = this.#passed.get(key) ?? null;
    this.#passed.delete(key);
    this.#given.delete(key);
    return passed;
  }

  cancel(id: McpId): void {
    if (!this.isOpen(id)) return;
    this.settle(this.take(id)?.ticket ?? null, "failed");
    this.end(id);
    this.#give(id);
  }

  #give(id: McpId): void {
    this.#given.add(keyOfId(id));
    const [oldest] = this.#given;
    if (this.#given.size > maxMcpPending && oldest !== undefined) this.#given.delete(oldest);
  }

  settle(ticket: McpTicket | null, status: "done" | "failed"): void {
    if (ticket !== null) this.#report(ticket, status);
  }

  /** Everything the server has not answered; it failed. */
  takeAll(): readonly McpRequest[] {
    const all = [...this.#passed.values()];
    this.#passed.clear();
    for (const { ticket, request } of all) {
      this.settle(ticket, "failed");
      this.#give(request.id);
    }
    return all.map(({ request }) => request);
  }

  /** A server's request; false where it is not to be passed on. */
  ask(id: McpId): boolean {
    if (this.#asked.has(keyOfId(id)) || this.#asked.size >= maxMcpPending) return false;
    this.#asked.add(keyOfId(id));
    return true;
  }

  /** Whether a client's answer is for one of them. */
  takeAsked(id: McpId): boolean {
    return this.#asked.delete(keyOfId(id));
  }
}

/** An id as the key of a map: 1 and "1" are two. */
function keyOfId(id: McpId): string {
  return `${typeof id}:${id}`;
}
