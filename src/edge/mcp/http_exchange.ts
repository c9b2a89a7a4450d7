/**
 * One HTTP request to the server behind the proxy, and its answer as the client may see it.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { maxMcpAnswerBytes, mcpListTimeoutMs } from "../../core/limits.ts";
import { foldForMatching } from "../../core/operation/fold_for_matching.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import type { CallJudge } from "./call_judge.ts";
import type { Conversation } from "./conversation.ts";
import { encodeError } from "./mcp_answers.ts";
import type { McpId } from "./mcp_fault.ts";
import type { McpGuard } from "./mcp_guard.ts";
import { type McpMessage, parseMessage } from "./mcp_message.ts";
import { isServerNotification, isServerRequest } from "./mcp_methods.ts";
import type { Party } from "./parties.ts";
import type { Passed } from "./request_table.ts";
import { type Screened, screenEvents } from "./screen_events.ts";
import { SseReader } from "./sse_reader.ts";
import { passHeaders } from "./upstream.ts";

export interface ExchangeOptions {
  readonly guard: McpGuard;
  readonly upstream: URL;
  readonly say: (line: string) => void;
  /** How requests leave; fetch() where nothing is said. */
  readonly send?: (url: URL, init: RequestInit) => Promise<Response>;
}

let ownRequests = 0;

export class Exchange {
  readonly judge: CallJudge;
  readonly #party: Party;
  #conversation: Conversation;
  readonly #request: Request;
  readonly #options: ExchangeOptions;
  readonly #answered = new Set<McpId>();
  #isReported = false;

  constructor(request: Request, party: Party, options: ExchangeOptions) {
    this.#request = request;
    this.judge = party.judge;
    this.#conversation = party.conversation;
    this.#party = party;
    this.#options = options;
  }

  /** A client's answer, where the server asked; null where it did not. */
  async passAnswer(id: McpId | null, body: Uint8Array): Promise<Response | null> {
    if (id === null || !this.#conversation.takeAsked(id)) return null;
    const answer = await this.pass(body);
    // Not taken, for a token that is too old, say: the client may answer again.
    if (!answer.ok) this.#conversation.ask(id);
    return answer;
  }

  /** What is no request: a notification, an answer, a stream to listen on, the end of a session. */
  async pass(body: Uint8Array | null = null): Promise<Response> {
    const answer = await this.#send(body);
    // A server need not let a client end a session, and one whose token is not the client's must not.
    if (this.#request.method === "DELETE" && answer.ok) {
      this.#conversation.end();
      this.#party.forgetTools();
    }
    return this.#respond(answer, null, await this.#bodyOf(answer, null));
  }

  /** A request that was judged, or need not be. */
  async passRequest(body: Uint8Array, passed: Passed): Promise<Response> {
    const { method, id } = passed.request;
    if (method === "initialize") this.#party.forgetTools();
    try {
      const answer = await this.#send(body);
      const session = answer.headers.get("mcp-session-id");
      const isBegun = method === "initialize" && session !== null && session !== "";
      if (isBegun) this.#conversation = this.#party.beginSession(session);
      return this.#respond(answer, passed, await this.#bodyOf(answer, passed));
    } catch (thrown) {
      this.#report(passed, false);
      if (thrown instanceof EngineError) throw thrown;
      const error = encodeError("server_gone", "Sealward: the server cannot be reached", { id });
      return new Response(JSON.stringify(error), {
        status: 502,
        headers: { "content-type": "application/json" },
      });
    }
  }

  /** Pages of tools for the proxy itself, under the client's session. */
  readonly list = async (params: JsonObject): Promise<JsonObject | null> => {
    const headers = passHeaders(this.#request.headers);
    for (const name of [...headers.keys()]) {
      if (name.startsWith("mcp-param-") || name === "mcp-name") headers.delete(name);
    }
    if (headers.has("mcp-method")) headers.set("mcp-method", "tools/list");
    const id = `sealward-${crypto.randomUUID()}-${++ownRequests}`;
    const body = JSON.stringify({ jsonrpc: "2.0", id, method: "tools/list", params });
    const signal = AbortSignal.timeout(mcpListTimeoutMs);
    try {
      const { upstream, send = fetch } = this.#options;
      const init = { method: "POST", headers, body, signal, redirect: "manual" } as const;
      return await findAnswer(await send(upstream, init), id);
    } catch {
      return null;
    }
  };

  async #send(body: Uint8Array | null): Promise<Response> {
    const { method, headers, signal } = this.#request;
    const { upstream, send = fetch } = this.#options;
    return await send(upstream, {
      method,
      headers: passHeaders(headers),
      ...(body === null ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      // SECURITY: the server is one, and no answer of it names another.
      redirect: "manual",
      signal,
    });
  }

  #respond(answer: Response, passed: Passed | null, body: BodyInit | null): Response {
    if (answer.status >= 300 && answer.status < 400) {
      this.#report(passed, false);
      throw new EngineError("server_untrusted", "The MCP server sends requests elsewhere");
    }
    const headers = passHeaders(answer.headers);
    // What the proxy says in the server's place is JSON.
    if (typeof body === "string") headers.set("content-type", "application/json");
    return new Response(body, { status: answer.status, headers });
  }

  async #bodyOf(answer: Response, passed: Passed | null): Promise<BodyInit | null> {
    if (answer.body === null) {
      this.#report(passed, false);
      return null;
    }
    const type = answer.headers.get("content-type") ?? "";
    if (/^text\/event-stream\b/i.test(type)) return this.#screenEvents(answer.body, passed);
    const bytes = await readAll(answer.body);
    if (!/^application\/json\b/i.test(type)) {
      this.#report(passed, false);
      // Text of an error that speaks of HTTP; an answer it cannot be.
      if (!answer.ok) return bytes;
      // SECURITY: some clients read events whatever their type is, and nobody has looked at these.
      return passed === null ? null : refuseAnswer(passed);
    }
    // Some servers give a type to the nothing by which they take a notification.
    if (bytes.length === 0 && passed === null) return null;
    const screened = await this.#screen(bytes, passed);
    // Nothing more comes: an error that does not say of what is all there is.
    this.#report(passed, false);
    if (screened === "as_it_is") return bytes;
    return screened === "drop" ? refuseAnswer(passed) : JSON.stringify(screened);
  }

  #screenEvents(
    body: ReadableStream<Uint8Array>,
    passed: Passed | null,
  ): ReadableStream<Uint8Array> {
    return screenEvents(body, {
      screen: (bytes) => this.#screen(bytes, passed),
      end: (isResumable) => isResumable ? this.#suspend(passed) : this.#report(passed, false),
    });
  }

  async #screen(bytes: Uint8Array, passed: Passed | null): Promise<Screened> {
    let message: McpMessage;
    try {
      message = parseMessage(bytes, "server");
    } catch (thrown) {
      this.#options.say(thrown instanceof Error ? thrown.message : "Dropped a broken message");
      return "drop";
    }
    if (message.kind === "request") {
      const isPassed = isServerRequest(message.method) && this.#conversation.ask(message.id);
      return isPassed ? "as_it_is" : "drop";
    }
    if (message.kind === "notification") {
      if (message.method === "notifications/tools/list_changed") this.#party.forgetTools();
      return isServerNotification(message.method) ? "as_it_is" : "drop";
    }
    const { id, result } = message;
    const asked = passed ?? this.#resume(id);
    // A refusal by HTTP may not say what it refuses.
    if (id === null) return result === null ? "as_it_is" : "drop";
    // SECURITY: a server answers what it was asked, once.
    if (id !== asked?.request.id || this.#answered.has(id)) return "drop";
    // SECURITY: of clients without a session ids are the same, and no list goes by as another's answer.
    if (passed === null && asked.request.method !== "tools/list" && isListLike(result)) {
      this.#report(asked, false);
      return "drop";
    }
    this.#answered.add(id);
    this.#report(asked, result !== null && result["isError"] !== true);
    if (asked.request.method !== "tools/list" || result === null) return "as_it_is";
    return await this.judge.tools.screen(asked.request, result, this.list) ?? "as_it_is";
  }

  /** The client may come again for what it missed of the stream. */
  #suspend(passed: Passed | null): void {
    if (passed === null) return;
    const ticket = this.#isReported ? null : passed.ticket;
    this.#conversation.suspend({ request: passed.request, ticket });
    this.#isReported = true;
  }

  /** What an answer is for that comes by a stream taken up again. */
  #resume(id: McpId | null): Passed | null {
    // SECURITY: no other stream brings answers to what was asked elsewhere.
    const isResumed = this.#request.method === "GET" && this.#request.headers.has("last-event-id");
    return isResumed && id !== null ? this.#conversation.resume(id) : null;
  }

  #report(passed: Passed | null, isDone: boolean): void {
    const ticket = passed?.ticket ?? null;
    // One call has one outcome, however often its answer fails; a resumed stream has many calls.
    if (ticket === null || this.#isReported) return;
    this.#isReported = this.#request.method === "POST";
    this.#options.guard.report(ticket, isDone ? "done" : "failed");
  }
}

function isListLike(result: JsonObject | null): boolean {
  return Object.keys(result ?? {}).some((key) => foldForMatching(key) === "tools");
}

function refuseAnswer(passed: Passed | null): string {
  const id = passed?.request.id ?? null;
  return JSON.stringify(
    encodeError("server_gone", "Sealward: the server's answer is none", { id }),
  );
}

async function findAnswer(answer: Response, id: string): Promise<JsonObject | null> {
  if (answer.body === null || !answer.ok) return null;
  const isStream = /^text\/event-stream\b/i.test(answer.headers.get("content-type") ?? "");
  if (!isStream) return resultOf(await readAll(answer.body), id);
  const reader = new SseReader(maxMcpAnswerBytes);
  for await (const chunk of answer.body) {
    for (const { data } of reader.push(chunk)) {
      const result = data === null || data === ""
        ? null
        : resultOf(new TextEncoder().encode(data), id);
      if (result !== null) return result;
    }
  }
  return null;
}

function resultOf(bytes: Uint8Array, id: string): JsonObject | null {
  const message = parseMessage(bytes, "server");
  return message.kind === "response" && message.id === id ? message.result : null;
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxMcpAnswerBytes) {
      throw new EngineError("server_untrusted", "The MCP server's answer is too long");
    }
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
