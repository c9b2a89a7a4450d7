/**
 * Typed client of the server that fails closed: it returns a decision it has verified, or throws.
 * Needs fetch and WebCrypto with Ed25519, nothing else: Deno, Node 20, browsers.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import {
  exchange,
  type Message,
  type Peer,
  type RawAnswer,
  unreachable,
} from "./client/exchange.ts";
import type { Alarm } from "./core/audit/alarm.ts";
import { parseOutcome, parseSettlement } from "./core/audit/parse_outcome.ts";
import type { Decision } from "./core/decision/decision.ts";
import type { Unmeasured } from "./core/decision/unmeasured_header.ts";
import { EngineError } from "./core/errors.ts";
import {
  encodeAnswerProof,
  encodeKeyId,
  encodeReport,
  parseAnswerSignature,
  signatureHeader,
} from "./core/integrity/answer_proof.ts";
import { parseAlarms } from "./core/integrity/parse_alarms.ts";
import {
  type AnswerExpectation,
  parseAnswer,
  parseBody,
  untrusted,
} from "./core/integrity/parse_answer.ts";
import { clientTimeoutMs, maxBatchOperations, maxDepth } from "./core/limits.ts";
import type { JsonObject, Operation } from "./core/operation/operation.ts";
import { operationDigest } from "./core/operation/operation_digest.ts";
import { isJsonObject } from "./core/operation/parse_field.ts";
import { parseOperation, parseOperationText } from "./core/operation/parse_operation.ts";
import { parseStrictJson } from "./core/strict_json.ts";

export interface ClientOptions {
  /** `http://127.0.0.1:PORT`, `http://[::1]:PORT` or https; `localhost` is read as 127.0.0.1. */
  readonly url: string;
  /** The agent's bearer token. */
  readonly token: string;
  /** Raw Ed25519 public key of the server, 32 bytes, got on a way the agent cannot write. */
  readonly publicKey: Uint8Array;
  /** For the whole exchange; default limits.clientTimeoutMs. */
  readonly timeoutMs?: number;
  /** What limits that cannot be measured are; default `listed`. Who enforces wants `unverified`. */
  readonly unmeasured?: Unmeasured;
  readonly fetch?: typeof fetch;
}

/**
 * Every method throws EngineError unless the answer is proven: `server_unreachable` when none came
 * in time, `server_untrusted` when one came that the key did not sign for exactly this question,
 * `operation_invalid` before anything is sent. A refusal the server signed keeps its own code.
 */
export interface Client {
  /** Asks for one operation, in the wire form. */
  readonly check: (operation: unknown, options?: CheckOptions) => Promise<Decision>;
  /** Asks for 1 to limits.maxBatchOperations operations; decisions come in the same order. */
  readonly checkAll: (
    operations: readonly unknown[],
    options?: CheckOptions,
  ) => Promise<readonly Decision[]>;
  /**
   * Reports what came of an operation: `{correlation_id, session, tool, status}` with status `done`
   * or `failed`. Returns what the server found that no decision explains.
   */
  readonly outcome: (outcome: unknown) => Promise<readonly Alarm[]>;
  /** Ends the wait for a session's outcomes: `{session, reason}`. */
  readonly settle: (settlement: unknown) => Promise<readonly Alarm[]>;
  /** What is in force at the server, as `GET /v1/status` says it. */
  readonly status: () => Promise<JsonObject>;
}

export interface CheckOptions {
  /** The caller will call outcome() under the operation's correlation id. */
  readonly expectsOutcome?: true;
}

interface Question extends Message {
  readonly body: string;
  readonly shape: AnswerExpectation["shape"];
  readonly operations: readonly Operation[];
}

/** An answer as bytes; nothing in it is believed yet. */
/**
 * Makes a client; sends nothing.
 *
 * @throws {EngineError} `usage` when URL, token or key is not of the form above.
 */
export function createClient(options: ClientOptions): Client {
  const peer = parseOptions(options);
  const report = async (path: string, value: unknown, parse: (value: unknown) => unknown) => {
    const body = encodeJson(value);
    parse(parseStrictJson(body));
    const digest = `sha256:${encodeHex(await sha256(encodeReport(path, body)))}`;
    const answer = await askProven(peer, { path, body }, [digest]);
    return parseAlarms(answer.body, answer.status);
  };
  return {
    check: async (operation, options) => {
      const body = encodeJson(operation);
      const operations = [parseOperationText(body)];
      const sent = wrap("operation", body, options);
      const question = { path: "/v1/check", body: sent, operations, shape: "one" } as const;
      const [decision] = await ask(peer, question);
      if (decision === undefined) throw untrusted("it holds no decision");
      return decision;
    },
    checkAll: async (list, options) => {
      const body = encodeJson(list);
      const operations = parseBatch(body);
      const sent = wrap("operations", body, options);
      const question = { path: "/v1/check/batch", body: sent, operations, shape: "batch" } as const;
      return await ask(peer, question);
    },
    outcome: (outcome) => report("/v1/outcome", outcome, parseOutcome),
    settle: (settlement) => report("/v1/settle", settlement, parseSettlement),
    status: async () => {
      const { body, status } = await askProven(peer, { path: "/v1/status", body: null }, []);
      const json = parseBody(body, status);
      if (isJsonObject(json) && json["schema_version"] === 1) return json;
      throw untrusted("it holds no status");
    },
  };
}

function wrap(name: string, body: string, options: CheckOptions = {}): string {
  return options.expectsOutcome === true ? `{"${name}":${body},"expects_outcome":true}` : body;
}

function parseOptions(options: ClientOptions): Peer {
  if (options.publicKey.length !== 32) {
    throw usage(`Got a public key of ${options.publicKey.length} bytes, wanted 32`);
  }
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(options.token)) throw usage("Got a malformed token");
  return {
    origin: parseOrigin(options.url),
    token: options.token,
    publicKey: new Uint8Array(options.publicKey),
    timeoutMs: options.timeoutMs ?? clientTimeoutMs,
    unmeasured: options.unmeasured ?? "listed",
    fetch: options.fetch ?? fetch,
  };
}

/** SECURITY: `localhost` may resolve to another's ::1, and other plain HTTP shows the token. */
function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" && url.hostname === "localhost") url.hostname = "127.0.0.1";
  const isLoopback = url?.hostname === "127.0.0.1" || url?.hostname === "[::1]";
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback);
  if (url === null || !isSafe || url.href !== `${url.origin}/`) {
    throw usage("Got an unfit server URL, wanted http://127.0.0.1:PORT or https://HOST");
  }
  return url.origin;
}

function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (cause) {
    throw new EngineError("operation_invalid", "Cannot write the operation as JSON", { cause });
  }
}

function parseBatch(body: string): readonly Operation[] {
  const list = parseStrictJson(body, { maxDepth: maxDepth + 1 });
  if (!Array.isArray(list) || list.length < 1 || list.length > maxBatchOperations) {
    const wanted = `wanted a list of 1 to ${maxBatchOperations} operations`;
    throw new EngineError("operation_invalid", `Got an unfit batch, ${wanted}`);
  }
  return list.map(parseOperation);
}

async function ask(peer: Peer, question: Question): Promise<readonly Decision[]> {
  const digests = await Promise.all(question.operations.map(digestOperation));
  const answer = await askProven(peer, question, digests);
  const { status, body } = answer;
  const decisions = parseAnswer(body, { status, shape: question.shape, operationDigests: digests });
  if (peer.unmeasured === "unverified") decisions.forEach(refuseUnmeasured);
  return decisions;
}

/** SECURITY: the signature covers no request header, and an older server knows none. */
function refuseUnmeasured({ allowed, unmeasured, violated_policies }: Decision): void {
  const isSaid = violated_policies.includes("enforcement.on_unverified");
  if (!allowed || unmeasured.length === 0 || isSaid) return;
  throw untrusted("it leaves limits unmeasured, and was asked not to");
}

/** Sends a message; nothing of the answer is parsed before its signature is verified. */
async function askProven(
  peer: Peer,
  message: Message,
  digests: readonly string[],
): Promise<RawAnswer> {
  const nonce = encodeHex(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await exchange(peer, message, nonce);
  const operationDigests = answer.status === 200 ? digests : [];
  await verifyAnswer(peer, answer, { nonce, operationDigests });
  return answer;
}

async function verifyAnswer(
  peer: Peer,
  answer: RawAnswer,
  asked: { readonly nonce: string; readonly operationDigests: readonly string[] },
): Promise<void> {
  const { status, headers, body } = answer;
  const signed = parseAnswerSignature(headers.get(signatureHeader) ?? "");
  if (signed === null) throw unproven(status);
  if (signed.keyId !== encodeKeyId(await sha256(peer.publicKey))) {
    throw untrusted(`it is signed by another key, ${signed.keyId}`);
  }
  const bodySha256Hex = encodeHex(await sha256(body));
  const proof = encodeAnswerProof({ ...asked, status, bodySha256Hex });
  const key = await crypto.subtle.importKey("raw", peer.publicKey, "Ed25519", false, ["verify"]);
  if (!await crypto.subtle.verify("Ed25519", key, signed.signature, proof)) {
    throw untrusted("its signature does not fit this question");
  }
  const mediaType = status === 200 ? "application/json" : "application/problem+json";
  if (headers.get("content-type") !== `${mediaType}; charset=utf-8`) {
    throw untrusted("it is not of the wanted media type");
  }
}

async function digestOperation(operation: Operation): Promise<string> {
  // operationDigest hashes synchronously, WebCrypto cannot: what it would hash is caught instead.
  let preimage: Uint8Array<ArrayBuffer> = new Uint8Array();
  operationDigest(operation, (data) => preimage = new Uint8Array(data));
  return `sha256:${encodeHex(await sha256(preimage))}`;
}

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function unproven(status: number): EngineError {
  if (status >= 500) return unreachable(`it answered ${status} without proof`);
  return untrusted(`status ${status} without proof`, "Check the token and the server's public key");
}

function usage(message: string): EngineError {
  return new EngineError("usage", message);
}
