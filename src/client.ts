/**
 * Typed client of the server that fails closed: it returns a decision it has verified, or throws.
 * Needs fetch and WebCrypto with Ed25519, nothing else: Deno, Node 20, browsers.
 *
 * @module
 */
import { askProven, sha256 } from "./client/ask_proven.ts";
import { encodeJson } from "./client/encode_json.ts";
import type { Message, Peer } from "./client/exchange.ts";
import type { AskedOverride } from "./client/override_questions.ts";
import { parsePeer, type PeerOptions } from "./client/peer.ts";
import type { Alarm } from "./core/audit/alarm.ts";
import { parseOutcome, parseSettlement } from "./core/audit/parse_outcome.ts";
import type { Decision } from "./core/decision/decision.ts";
import { EngineError } from "./core/errors.ts";
import { encodeReport } from "./core/integrity/answer_proof.ts";
import { bytesToHex } from "./core/integrity/bytes_to_hex.ts";
import { parseAlarms } from "./core/integrity/parse_alarms.ts";
import { type AnswerExpectation, parseAnswer, untrusted } from "./core/integrity/parse_answer.ts";
import { maxBatchOperations, maxDepth } from "./core/limits.ts";
import type { JsonObject, Operation } from "./core/operation/operation.ts";
import { encodeNamed } from "./core/operation/operation_digest.ts";
import { parseOperation, parseOperationText } from "./core/operation/parse_operation.ts";
import type { Withdrawal } from "./core/override/access_request.ts";
import type { OverrideTask } from "./core/override/override_task.ts";
import { parseStrictJson } from "./core/strict_json.ts";

/** Where the server is, and how it is known again; `token` is the agent's. */
export type ClientOptions = PeerOptions;

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
  /** Whether the policy is the accepted one, as `GET /v1/verify` says it. */
  readonly verify: () => Promise<JsonObject>;
  /** Whether a check would be decided by a trusted policy now. */
  readonly isReady: () => Promise<boolean>;
  /**
   * Confirms that a denial is this caller's and can be approved. The request is there already: the
   * denial opened it.
   */
  readonly requestOverride: (asked: AskedOverride) => Promise<OverrideTask>;
  /** Where a request stands. Approved is not allowed: ask check() again. */
  readonly overrideTask: (requestId: string) => Promise<OverrideTask>;
  /** Ends a request nobody has answered yet. */
  readonly cancelOverride: (requestId: string, reason: Withdrawal) => Promise<OverrideTask>;
  /** Whether a grant would lift a denial of this caller now; false for an id nobody made. */
  readonly isOverrideValid: (overrideId: string) => Promise<boolean>;
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

/**
 * Makes a client; sends nothing.
 *
 * @throws {EngineError} `usage` when URL, token or key is not of the form above.
 */
export function createClient(options: ClientOptions): Client {
  const peer = parsePeer(options);
  // Loaded by who asks for an approval: a hook that only checks pays for none of it.
  const questions = () => import("./client/override_questions.ts");
  const report = async (path: string, value: unknown, parse: (value: unknown) => unknown) => {
    const body = encodeJson(value);
    parse(parseStrictJson(body));
    const digest = `sha256:${bytesToHex(await sha256(encodeReport(path, body)))}`;
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
    status: async () => (await import("./client/ask_state.ts")).askPolicy(peer, "/v1/status"),
    verify: async () => (await import("./client/ask_state.ts")).askPolicy(peer, "/v1/verify"),
    isReady: async () => (await import("./client/ask_state.ts")).isReady(peer),
    requestOverride: async (asked) => (await questions()).requestOverride(peer, asked),
    overrideTask: async (id) => (await questions()).askTask(peer, id),
    cancelOverride: async (id, reason) => (await questions()).cancelOverride(peer, id, reason),
    isOverrideValid: async (id) => (await questions()).isOverrideValid(peer, id),
  };
}

function wrap(name: string, body: string, options: CheckOptions = {}): string {
  return options.expectsOutcome === true ? `{"${name}":${body},"expects_outcome":true}` : body;
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

async function digestOperation(operation: Operation): Promise<string> {
  return `sha256:${bytesToHex(await sha256(encodeNamed(operation)))}`;
}
