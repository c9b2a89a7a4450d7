/**
 * Requests of the proxy's own that wait for their answers.
 *
 * @module
 */
import type { JsonObject } from "../../core/operation/operation.ts";
import type { McpId } from "./mcp_fault.ts";

/** Null: there was none in time, or an error. */
type Resolve = (result: JsonObject | null) => void;

export class OwnRequests {
  readonly #prefix: string;
  readonly #waiting = new Map<McpId, Resolve>();
  #next = 1;

  /** @param prefix What nobody else begins an id with. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /**
   * Sends one and waits. Never rejects.
   *
   * @param send Gets the id of the request.
   */
  async ask(
    send: (id: string) => Promise<void>,
    timeoutMs: number | null,
  ): Promise<JsonObject | null> {
    const id = `${this.#prefix}${this.#next++}`;
    const { promise, resolve } = Promise.withResolvers<JsonObject | null>();
    this.#waiting.set(id, resolve);
    const timer = timeoutMs === null ? undefined : setTimeout(() => resolve(null), timeoutMs);
    try {
      await send(id);
      return await promise;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Takes an answer; false where it answers none of these. */
  take(id: McpId, result: JsonObject | null): boolean {
    const resolve = this.#waiting.get(id);
    resolve?.(result);
    return resolve !== undefined || (typeof id === "string" && id.startsWith(this.#prefix));
  }

  /** Ends every wait. */
  close(): void {
    for (const resolve of this.#waiting.values()) resolve(null);
  }
}
