/**
 * One handler per route. They translate; the engine decides.
 *
 * @module
 */
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import { maxOperationBytes, maxOutcomeBytes } from "../../core/limits.ts";
import type { Principal } from "../../core/operation/operation.ts";
import type { Engine } from "../../pdp.ts";
import type { Answer } from "./answer.ts";
import { answerBatch, answerCheck } from "./answer_check.ts";
import { answerOutcome, answerSettlement } from "./answer_outcome.ts";
import { parseEventFilter } from "./parse_event_filter.ts";
import { parseUnmeasured } from "./parse_unmeasured.ts";
import { type BodyLimits, readBody } from "./read_body.ts";
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
}

type Handler = (call: Call) => Promise<Answer>;

/** Past it a body is a way to hold a connection, not a slow network: peers are on this machine. */
const bodyLimits = { maxBytes: maxOperationBytes, timeoutMs: 5_000 };
const outcomeLimits = { ...bodyLimits, maxBytes: maxOutcomeBytes };

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
  "/v1/status": async ({ engine, principal, readDrift }) => {
    const drift = await readDrift?.() ?? null;
    return ok({ schema_version: 1, ...await engine.verifyPolicy(principal), drift });
  },
  "/v1/audit/events": async ({ engine, query }) =>
    ok({ schema_version: 1, entries: await engine.readEvents(parseEventFilter(query)) }),
  "/v1/audit/verify": async ({ engine }) => ok({ schema_version: 1, ...await engine.verifyLog() }),
};

/** Whether a check would be decided by a trusted policy now; why not is not for every token. */
async function answerReady({ engine }: Call): Promise<Answer> {
  const isReady = await engine.verifyPolicy().then(
    (policy) => policy.status === "trusted",
    () => false,
  );
  const body = { ready: isReady, allowed: false };
  return { status: isReady ? 200 : 503, body, operationDigests: [] };
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
