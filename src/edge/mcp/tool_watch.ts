/**
 * How the tools of one server are defined at the moment: nothing is called before it is known.
 *
 * @module
 */
import { maxMcpPages } from "../../core/limits.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import type { ToolDefinition } from "../../core/operation/tool_definitions.ts";
import type { Sha256 } from "../../core/ports.ts";
import { encodeDenial, encodeError } from "./mcp_answers.ts";
import type { McpGuard } from "./mcp_guard.ts";
import type { McpRequest } from "./mcp_message.ts";
import { hideTools, readToolPage, type ToolPage } from "./tool_listing.ts";

/** Asks the server for a page; null where it gave none. `meta` is the client's. */
export type ListTools = (params: JsonObject) => Promise<JsonObject | null>;

export class ToolWatch {
  readonly #guard: McpGuard;
  readonly #sha256: Sha256;
  #known: ReadonlyMap<string, ToolDefinition> | null = null;
  #changes = 0;

  constructor(guard: McpGuard, sha256: Sha256) {
    this.#guard = guard;
    this.#sha256 = sha256;
  }

  /** The server said that something is different, or it is another one. */
  forget(): void {
    this.#known = null;
    this.#changes++;
  }

  /** The definition of a tool; null where the server lists none, or no list can be had. */
  async find(tool: string, request: McpRequest, list: ListTools): Promise<ToolDefinition | null> {
    if (this.#known === null) {
      const changes = this.#changes;
      const all = await this.#listAll(request, list);
      if (all !== null) {
        // Compared and remembered as a whole: a client that never lists is no way around it.
        await this.#guard.judgeList(all);
        this.#remember(all, changes);
      }
    }
    return this.#known?.get(tool) ?? null;
  }

  /**
   * What the client gets of the server's answer to its `tools/list`; null: the answer as it is.
   */
  async screen(
    request: McpRequest,
    result: JsonObject,
    list: ListTools,
  ): Promise<JsonObject | null> {
    const changes = this.#changes;
    const page = readToolPage(result, this.#sha256);
    const isWhole = page?.nextCursor === null && request.params["cursor"] === undefined;
    const all = page === null
      ? null
      : isWhole
      ? page.definitions
      : await this.#listAll(request, list);
    if (page === null || all === null || !isPart(page, all)) {
      const text = "Sealward does not show this list of tools: it cannot be read, or is another " +
        "one each time";
      return encodeError("denied", text, { id: request.id });
    }
    const verdict = await this.#guard.judgeList(all);
    this.#remember(all, changes);
    if (verdict.kind === "stop") return encodeDenial(request, verdict.text, verdict.decision);
    if (verdict.hidden.size === 0) return null;
    return { jsonrpc: "2.0", id: request.id, result: hideTools(result, verdict.hidden) };
  }

  #remember(all: readonly ToolDefinition[], changes: number): void {
    // Something may have changed meanwhile: then it is asked for again.
    if (changes === this.#changes) this.#known = new Map(all.map((one) => [one.tool, one]));
  }

  async #listAll(
    { params }: McpRequest,
    list: ListTools,
  ): Promise<readonly ToolDefinition[] | null> {
    const meta = params["_meta"] === undefined ? {} : { _meta: withoutProgress(params["_meta"]) };
    const all = new Map<string, ToolDefinition>();
    let cursor: string | null = null;
    for (let pages = 0; pages < maxMcpPages; pages++) {
      const result = await list({ ...meta, ...(cursor === null ? {} : { cursor }) });
      const page: ToolPage | null = result === null ? null : readToolPage(result, this.#sha256);
      if (page === null || page.definitions.some(({ tool }) => all.has(tool))) return null;
      for (const one of page.definitions) all.set(one.tool, one);
      cursor = page.nextCursor;
      if (cursor === null) return [...all.values()];
    }
    return null;
  }
}

/** A page is what the whole list says. */
function isPart({ definitions }: ToolPage, all: readonly ToolDefinition[]): boolean {
  const known = new Map(all.map(({ tool, sha256 }) => [tool, sha256]));
  return definitions.every(({ tool, sha256 }) => known.get(tool) === sha256);
}

/** Progress of a request of ours is nobody's. */
function withoutProgress(meta: JsonObject[string]): JsonObject {
  const { progressToken: _token, ...rest } = meta as JsonObject;
  return rest;
}
