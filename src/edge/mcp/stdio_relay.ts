/**
 * One client and one server, line by line. What is not understood is passed to neither.
 *
 * @module
 */
import { toEngineError } from "../../core/errors.ts";
import { maxMcpAnswerBytes, maxMcpRequestBytes, mcpListTimeoutMs } from "../../core/limits.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import { isJsonObject } from "../../core/operation/parse_field.ts";
import type { Sha256 } from "../../core/ports.ts";
import { CallJudge, type JudgedCall } from "./call_judge.ts";
import {
  encodeElicitation,
  encodeInputRequired,
  encodeRequest,
  isAccepted,
} from "./elicit_approval.ts";
import type { Line } from "./line_splitter.ts";
import { encodeDenial, encodeError, encodeFault, encodeMessage, isModern } from "./mcp_answers.ts";
import { McpFault, toMcpFault } from "./mcp_fault.ts";
import type { McpGuard } from "./mcp_guard.ts";
import {
  type McpMessage,
  type McpNotification,
  type McpRequest,
  type McpResponse,
  parseMessage,
} from "./mcp_message.ts";
import {
  isClientNotification,
  isServerNotification,
  isServerRequest,
  roadOf,
} from "./mcp_methods.ts";
import { OwnRequests } from "./own_requests.ts";
import { type Passed, RequestTable } from "./request_table.ts";

export interface StdioRelayOptions {
  readonly guard: McpGuard;
  readonly sha256: Sha256;
  /** Each takes one message without a line feed, and resolves when there is room for more. */
  readonly toClient: (bytes: Uint8Array) => Promise<void>;
  readonly toServer: (bytes: Uint8Array) => Promise<void>;
  readonly say: (line: string) => void;
  /** What nobody else begins an id with. */
  readonly idPrefix: string;
  /** `{id}` is where the request's id goes; null: no page shows requests. */
  readonly approvalUrl: string | null;
}

type Elicited = Extract<JudgedCall, { readonly kind: "elicit" }>;

/** Requests being judged at once before the client has to wait. */
const maxQueued = 64;

export class StdioRelay {
  readonly #options: StdioRelayOptions;
  /** SECURITY: each side answers what it was asked itself; an id the other one learned is no use. */
  readonly #listing: OwnRequests;
  readonly #elicited: OwnRequests;
  readonly #calls: CallJudge;
  readonly #requests: RequestTable;
  #order: Promise<void> = Promise.resolve();
  #queued = 0;
  #capabilities: JsonObject = {};
  #isOver = false;

  constructor(options: StdioRelayOptions) {
    this.#options = options;
    this.#listing = new OwnRequests(`${options.idPrefix}list:`);
    this.#elicited = new OwnRequests(`${options.idPrefix}ask:`);
    this.#requests = new RequestTable((ticket, status) => options.guard.report(ticket, status));
    this.#calls = new CallJudge(options.guard, options.sha256, options.approvalUrl);
  }

  /** Takes a line of the client; resolves when the next may be read. */
  async fromClient(line: Line): Promise<void> {
    try {
      if (line.kind === "too_long") {
        throw new McpFault("invalid_request", `a message of more than ${maxMcpRequestBytes} bytes`);
      }
      const message = parseMessage(line.bytes, "client");
      // Its place is not among the calls: one of them may wait for it.
      if (message.kind === "response") return await this.#answerServer(message, line.bytes);
      this.#queue(() => this.#takeCall(message, line.bytes));
      if (this.#queued >= maxQueued) await this.#order;
    } catch (thrown) {
      await this.#refuse(thrown);
    }
  }

  /** Resolves when every request read so far is on its way. */
  async drain(): Promise<void> {
    await this.#order;
  }

  /** Takes a line of the server. */
  async fromServer(line: Line): Promise<void> {
    if (line.kind === "too_long") {
      return await this.#failPassed(
        `the server's message is longer than ${maxMcpAnswerBytes} bytes`,
      );
    }
    let message: McpMessage;
    try {
      message = parseMessage(line.bytes, "server");
    } catch (thrown) {
      const { message } = thrown as McpFault;
      // A log line on the wrong stream answers nothing; a broken message may.
      if (line.bytes[0] === 0x7b) return await this.#failPassed(message);
      return this.#options.say(`Dropped a line of the server: ${message}`);
    }
    if (message.kind === "response") await this.#answerClient(message, line.bytes);
    else if (message.kind === "request") await this.#askClient(message, line.bytes);
    else await this.#tellClient(message, line.bytes);
  }

  /** Nothing more comes from the server: whoever waits is told. */
  async serverEnded(): Promise<void> {
    this.#isOver = true;
    for (const own of [this.#listing, this.#elicited]) own.close();
    await this.#order;
    await this.#failPassed("the server has ended");
  }

  /** Nothing more comes from the client. */
  clientEnded(): void {
    for (const own of [this.#listing, this.#elicited]) own.close();
    this.#requests.takeAll();
  }

  #queue(step: () => Promise<void>): void {
    this.#queued++;
    this.#order = this.#order.then(step).catch((thrown) => this.#refuse(thrown)).finally(() => {
      this.#queued--;
    });
  }

  /** Goes on beside the streams; whoever is gone by then need not hear of it. */
  #behind(step: Promise<void>): void {
    step.catch((thrown) => this.#options.say(toEngineError(thrown).message));
  }

  async #refuse(thrown: unknown): Promise<void> {
    if (!(thrown instanceof McpFault)) throw thrown;
    for (const answer of encodeFault(thrown)) await this.#say(answer);
  }

  async #takeCall(message: McpRequest | McpNotification, bytes: Uint8Array): Promise<void> {
    if (message.kind === "notification") return await this.#tellServer(message, bytes);
    const { id, method } = message;
    const road = roadOf(method);
    if (road === "deny") {
      const text = `Sealward passes on no method ${JSON.stringify(method)}`;
      return await this.#say(encodeError("method_not_found", text, { id }));
    }
    this.#requests.begin(id);
    if (method === "initialize") this.#noteCapabilities(message);
    if (road === "judge") return await this.#judge(message, bytes);
    await this.#pass({ request: message, ticket: null }, bytes);
  }

  #noteCapabilities({ params }: McpRequest): void {
    const declared = params["capabilities"] ?? null;
    this.#capabilities = isJsonObject(declared) ? declared : {};
    this.#calls.tools.forget();
  }

  async #judge(given: McpRequest, bytes: Uint8Array): Promise<void> {
    try {
      const judged = await this.#calls.judge(given, this.#list, this.#capabilities);
      const { request } = judged;
      const sent = request === given ? bytes : encodeMessage(encodeRequest(request));
      if (judged.kind === "pass") return await this.#pass(judged, sent);
      if (judged.kind === "deny") return await this.#deny(request, judged.verdict);
      const { elicitation } = judged;
      if (isModern(request)) return await this.#close(encodeInputRequired(request, elicitation));
      // A person takes minutes: others go on meanwhile.
      this.#behind(this.#waitForPerson(judged, sent));
    } catch (thrown) {
      this.#requests.end(given.id);
      throw toMcpFault(thrown, given.id);
    }
  }

  async #waitForPerson({ request, verdict, elicitation }: Elicited, bytes: Uint8Array) {
    const send = (id: string) => this.#say(encodeElicitation(elicitation, id));
    const isDone = isAccepted(await this.#elicited.ask(send, null));
    if (!this.#requests.isOpen(request.id)) return;
    const again = isDone && !this.#isOver ? await this.#calls.ask(request, this.#list) : verdict;
    if (again.kind === "allow") await this.#pass({ request, ticket: again.ticket }, bytes);
    else await this.#deny(request, again);
  }

  async #deny(request: McpRequest, { text, decision }: Elicited["verdict"]): Promise<void> {
    await this.#close(encodeDenial(request, text, decision));
  }

  /** The one place where a request leaves for the server. */
  async #pass(passed: Passed, bytes: Uint8Array): Promise<void> {
    const { request, ticket } = passed;
    // Cancelled while a person, or the engine, was asked.
    if (!this.#requests.isOpen(request.id)) return this.#requests.settle(ticket, "failed");
    if (this.#isOver) {
      this.#requests.settle(ticket, "failed");
      return await this.#close(encodeError("server_gone", gone, { id: request.id }));
    }
    this.#requests.pass(passed);
    await this.#options.toServer(bytes);
  }

  /** Pages for the proxy itself. */
  readonly #list = (params: JsonObject): Promise<JsonObject | null> => {
    const send = (id: string) =>
      this.#options.toServer(encodeMessage({ jsonrpc: "2.0", id, method: "tools/list", params }));
    return this.#listing.ask(send, mcpListTimeoutMs);
  };

  async #tellServer({ method, params }: McpNotification, bytes: Uint8Array): Promise<void> {
    if (!isClientNotification(method)) {
      return this.#options.say(`Dropped the client's ${JSON.stringify(method.slice(0, 80))}`);
    }
    if (method === "notifications/cancelled") {
      const id = params["requestId"] ?? null;
      if (typeof id === "string" || typeof id === "number") this.#requests.cancel(id);
    }
    if (!this.#isOver) await this.#options.toServer(bytes);
  }

  async #answerServer({ id, result }: McpResponse, bytes: Uint8Array): Promise<void> {
    if (id === null || this.#elicited.take(id, result)) return;
    if (!this.#requests.takeAsked(id)) {
      return this.#options.say("Dropped an answer of the client to nothing the server asked");
    }
    if (!this.#isOver) await this.#options.toServer(bytes);
  }

  async #answerClient({ id, result }: McpResponse, bytes: Uint8Array): Promise<void> {
    if (id !== null && this.#listing.take(id, result)) return;
    const passed = this.#requests.take(id);
    // SECURITY: a server answers what it was asked, once.
    if (passed === null) {
      return this.#options.say("Dropped an answer of the server to nothing the client asked");
    }
    const { request, ticket } = passed;
    if (request.method === "tools/list" && result !== null) {
      // Its other pages come by the same stream.
      return this.#behind(this.#answerList(request, result, bytes));
    }
    this.#requests.end(request.id);
    await this.#options.toClient(bytes);
    const isDone = result !== null && result["isError"] !== true;
    this.#requests.settle(ticket, isDone ? "done" : "failed");
  }

  async #answerList(request: McpRequest, result: JsonObject, bytes: Uint8Array): Promise<void> {
    const own = await this.#calls.tools.screen(request, result, this.#list);
    if (own !== null) return await this.#close(own);
    this.#requests.end(request.id);
    await this.#options.toClient(bytes);
  }

  async #askClient({ id, method }: McpRequest, bytes: Uint8Array): Promise<void> {
    if (!isServerRequest(method) || !this.#requests.ask(id)) {
      const text = `Sealward passes on no such request: ${JSON.stringify(method)}`;
      return await this.#options.toServer(
        encodeMessage(encodeError("method_not_found", text, { id })),
      );
    }
    await this.#options.toClient(bytes);
  }

  async #tellClient({ method }: McpNotification, bytes: Uint8Array): Promise<void> {
    if (!isServerNotification(method)) {
      return this.#options.say(`Dropped the server's ${JSON.stringify(method.slice(0, 80))}`);
    }
    if (method === "notifications/tools/list_changed") this.#calls.tools.forget();
    await this.#options.toClient(bytes);
  }

  async #failPassed(why: string): Promise<void> {
    this.#options.say(why);
    for (const { id } of this.#requests.takeAll()) {
      await this.#close(encodeError("server_gone", `Sealward: ${why}`, { id }));
    }
  }

  /** Answers a request in place of the server. */
  async #close(answer: JsonObject): Promise<void> {
    const id = answer["id"];
    if (typeof id === "string" || typeof id === "number") this.#requests.end(id);
    await this.#say(answer);
  }

  async #say(message: JsonObject): Promise<void> {
    await this.#options.toClient(encodeMessage(message));
  }
}

const gone = "Sealward: the server has ended";
