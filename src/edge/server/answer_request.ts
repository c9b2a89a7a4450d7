/**
 * /v1/override/request, task, cancel and valid: an asker and its own requests. Nothing here opens
 * or answers a request; the denial did the one, a person does the other.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../../core/errors.ts";
import { sha256 } from "../../core/integrity/sha256.ts";
import type { Operation, Principal } from "../../core/operation/operation.ts";
import { operationDigest } from "../../core/operation/operation_digest.ts";
import { parseAccessRequest, parseWithdrawal } from "../../core/override/access_request.ts";
import { idPattern } from "../../core/override/answer_fields.ts";
import { overrideTask } from "../../core/override/override_task.ts";
import type { OverrideDesk, OverrideStatus } from "../../pdp/override_desk.ts";
import type { Answer } from "./answer.ts";
import type { IdempotencyKeys } from "./idempotency_keys.ts";
import { TaskProblem, type TaskProblemName } from "./task_problem.ts";

/** How soon a pending task is worth another look; a person needs longer. */
const retryAfterSeconds = 2;

/** Who asks about which desk. */
export interface DeskCaller {
  readonly desk: OverrideDesk;
  readonly principal: Principal;
}

/**
 * Confirms that a denial is the caller's and can be approved, and returns its task.
 *
 * @throws {EngineError} `invalid_denial_binding`, `task_expired`, `invalid_task_state`,
 *   `duplicate_request` as TaskProblem; `operation_invalid`.
 */
export async function answerRequest(
  { desk, principal }: DeskCaller,
  text: string,
  idempotency: { readonly keys: IdempotencyKeys; readonly key: string },
): Promise<Answer> {
  const { requestId, operation } = parseAccessRequest(text);
  const { keys, key } = idempotency;
  const bodyDigest = encodeHex(sha256(new TextEncoder().encode(text)));
  const isRepeated = keys.isKnown(principal, key, bodyDigest);
  if (requestId === null) throw new TaskProblem("invalid_denial_binding");
  const status = await known("invalid_denial_binding", () => desk.status(requestId, principal));
  // A repeated call gets the task as it stands, also when it is over by now.
  if (!isRepeated) {
    requireOpen(status);
    if (operation !== null) await requireBinding(desk, status, operation);
    keys.remember(principal, key, bodyDigest);
  }
  return answerTask(status, 201);
}

/** @throws {EngineError} `unknown_task` as TaskProblem. */
export async function answerStatus(
  { desk, principal }: DeskCaller,
  requestId: string,
): Promise<Answer> {
  if (!idPattern.test(requestId)) throw new TaskProblem("unknown_task");
  return answerTask(await known("unknown_task", () => desk.status(requestId, principal)), 200);
}

/**
 * Ends a pending request; one that the same caller has ended already is the same answer again.
 *
 * @throws {EngineError} `unknown_task`, `task_expired`, `invalid_task_state` as TaskProblem.
 */
export async function answerCancel(
  { desk, principal }: DeskCaller,
  text: string,
): Promise<Answer> {
  const { requestId, reason } = parseWithdrawal(text);
  const withdraw = () => desk.withdraw(requestId, principal, reason, { channel: "server" });
  const status = await known("unknown_task", withdraw);
  const isOver = status.status === "cancelled" || status.status === "expired";
  if (!isOver) throw new TaskProblem("invalid_task_state");
  // Whoever gave up waiting has what it wanted; whoever cancelled was too late.
  if (status.status === "expired" && reason === "cancelled") throw new TaskProblem("task_expired");
  return answerTask(status, 200);
}

/** Says whether a grant would count now; an id nobody made is simply not valid (BIND-03). */
export async function answerValid(
  { desk, principal }: DeskCaller,
  overrideId: string,
): Promise<Answer> {
  const valid = await desk.isValid(overrideId, principal);
  // The id stands in the answer: its signature then says what it is about.
  const body = { schema_version: 1, allowed: false, override_id: overrideId, valid };
  return { status: 200, body, operationDigests: [] };
}

function answerTask(status: OverrideStatus, http: 200 | 201): Answer {
  const isPending = status.status === "pending";
  return {
    status: http,
    body: { schema_version: 1, allowed: false, task: overrideTask(status) },
    operationDigests: [],
    ...(isPending && { headers: { "retry-after": String(retryAfterSeconds) } }),
  };
}

/** Another's request and one that never was are refused alike, in the words of the route. */
async function known<T>(problem: TaskProblemName, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    const isUnknown = thrown instanceof EngineError && thrown.code === "override_unknown";
    throw isUnknown ? new TaskProblem(problem, thrown) : thrown;
  }
}

function requireOpen({ status }: OverrideStatus): void {
  if (status === "expired") throw new TaskProblem("task_expired");
  if (status !== "pending" && status !== "approved") throw new TaskProblem("invalid_task_state");
}

/** SECURITY: a request for one operation must not be followed as if it were for another (BIND-01). */
async function requireBinding(
  desk: OverrideDesk,
  { request_id: id, status }: OverrideStatus,
  operation: Operation,
): Promise<void> {
  const digest = status === "pending"
    ? (await known("invalid_task_state", () => desk.show(id, "server"))).document.operation_digest
    : (await desk.list()).grants.find((grant) => grant.request_id === id)?.operation_digest;
  // Answered, used or over between one look and the next.
  if (digest === undefined) throw new TaskProblem("invalid_task_state");
  if (digest === operationDigest(operation, sha256)) return;
  throw new TaskProblem("invalid_denial_binding");
}
