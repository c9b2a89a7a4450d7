/**
 * One handler per route. They translate; the engine decides.
 *
 * @module
 */
import type { SandboxStatus } from "../../core/check/sandbox_port.ts";
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import { maxApprovalBytes, maxOperationBytes, maxOutcomeBytes } from "../../core/limits.ts";
import type { Principal } from "../../core/operation/operation.ts";
import type { Engine } from "../../pdp.ts";
import type { Answer } from "./answer.ts";
import {
  answerApprove,
  answerDeny,
  answerList,
  answerRevoke,
  answerShow,
} from "./answer_approval.ts";
import { answerBatch, answerCheck } from "./answer_check.ts";
import { answerOutcome, answerSettlement } from "./answer_outcome.ts";
import {
  answerCancel,
  answerRequest,
  answerStatus,
  answerValid,
  type DeskCaller,
} from "./answer_request.ts";
import { type IdempotencyKeys, parseIdempotencyKey } from "./idempotency_keys.ts";
import { parseEventFilter } from "./parse_event_filter.ts";
import { parseId } from "./parse_id.ts";
import { parseUnmeasured } from "./parse_unmeasured.ts";
import { type BodyLimits, readBody } from "./read_body.ts";
import { requireApprovalHeader } from "./require_approval_header.ts";
import { requireJson } from "./require_json.ts";
import type { RoutePath } from "./routes.ts";

/** A request that passed every guard of its head. */
export interface Call {
  readonly engine: Engine;
  readonly request: Request;
  readonly principal: Principal;
  readonly query: string | null;
  /** See AppOptions. */
  readonly readDrift: (() => Promise<DriftReport>) | null;
  readonly readSandbox: (() => SandboxStatus | null) | null;
  readonly keys: IdempotencyKeys;
}

type Handler = (call: Call) => Promise<Answer>;

/** Past it a body is a way to hold a connection, not a slow network: peers are on this machine. */
const bodyLimits = { maxBytes: maxOperationBytes, timeoutMs: 5_000 };
const outcomeLimits = { ...bodyLimits, maxBytes: maxOutcomeBytes };
const approvalLimits = { ...bodyLimits, maxBytes: maxApprovalBytes };

export const handlers: Readonly<Record<RoutePath, Handler>> = {
  "/healthz": () => Promise.resolve(ok({ status: "ok" })),
  "/readyz": answerReady,
  "/v1/check": (call) => answer(call, answerCheck),
  "/v1/check/batch": (call) => answer(call, answerBatch),
  "/v1/outcome": async (call) =>
    answerOutcome(call.engine, await readJson(call, outcomeLimits), call.principal),
  "/v1/settle": async (call) =>
    answerSettlement(call.engine, await readJson(call, outcomeLimits), call.principal),
  "/v1/verify": async ({ engine }) => ok({ schema_version: 1, ...await engine.verifyPolicy() }),
  "/v1/status": async ({ engine, principal, readDrift, readSandbox }) => {
    const drift = await readDrift?.() ?? null;
    const status = await engine.verifyPolicy(principal);
    return ok({ schema_version: 1, ...status, drift, ...sandboxMember(readSandbox?.() ?? null) });
  },
  "/v1/audit/events": async ({ engine, query }) =>
    // The query stands in the answer: its signature then says what it is about.
    ok({
      schema_version: 1,
      query: query ?? "",
      entries: await engine.readEvents(parseEventFilter(query)),
    }),
  "/v1/audit/verify": async ({ engine }) => ok({ schema_version: 1, ...await engine.verifyLog() }),
  "/v1/override/request": async (call) => {
    const key = parseIdempotencyKey(call.request.headers);
    return answerRequest(deskOf(call), await readJson(call), { keys: call.keys, key });
  },
  "/v1/override/task": (call) => answerStatus(deskOf(call), parseId(call.query)),
  "/v1/override/cancel": async (call) =>
    answerCancel(deskOf(call), await readJson(call, outcomeLimits)),
  "/v1/override/valid": (call) => answerValid(deskOf(call), parseId(call.query)),
  "/v1/override/list": (call) => answerList(deskOf(call)),
  "/v1/override/show": (call) => answerShow(deskOf(call), parseId(call.query)),
  "/v1/override/approve": (call) => answerPerson(call, answerApprove),
  "/v1/override/deny": (call) => answerPerson(call, answerDeny),
  "/v1/override/revoke": (call) => answerPerson(call, answerRevoke),
};

function deskOf({ engine, principal }: Call): DeskCaller {
  return { desk: engine.overrides, principal };
}

async function answerPerson(call: Call, act: typeof answerApprove): Promise<Answer> {
  requireApprovalHeader(call.request.headers);
  return act(deskOf(call), await readJson(call, approvalLimits));
}

/**
 * Whether an operation would be decided by a trusted policy now; why not is not for every token.
 * That checks are denied every answer says anyway, so that this says it too.
 */
async function answerReady({ engine, readSandbox }: Call): Promise<Answer> {
  const policy = await engine.verifyPolicy().catch(() => null);
  const isTrusted = policy?.status === "trusted";
  const wantsSandbox = readSandbox !== null && (policy?.process_checks ?? 0) > 0;
  const reason = isTrusted ? whyUnready(readSandbox?.() ?? null, wantsSandbox) : null;
  const isReady = isTrusted && reason === null;
  const body = { ready: isReady, allowed: false, ...(reason === null ? {} : { reason }) };
  return { status: isReady ? 200 : 503, body, operationDigests: [] };
}

/**
 * Half open is ready: only an operation that comes can close the breaker again. A server that was
 * started before there were checks has none, and can start none.
 */
function whyUnready(sandbox: SandboxStatus | null, isWanted: boolean): string | null {
  if (sandbox === null ? isWanted : sandbox.isLost) return "sandbox_lost";
  return sandbox?.breaker === "open" ? "sandbox_breaker_open" : null;
}

function sandboxMember(sandbox: SandboxStatus | null): object {
  if (sandbox === null) return {};
  const { breaker, isLost, waiting } = sandbox;
  return { sandbox: { breaker, is_lost: isLost, waiting } };
}

async function answer(call: Call, check: typeof answerCheck): Promise<Answer> {
  const { engine, principal, request } = call;
  const unmeasured = parseUnmeasured(request.headers);
  return check(engine, await readJson(call), { principal, options: { unmeasured } });
}

function readJson({ request }: Call, limits: BodyLimits = bodyLimits): Promise<string> {
  requireJson(request.headers);
  return readBody(request, limits);
}

function ok(body: object): Answer {
  return { status: 200, body, operationDigests: [] };
}
