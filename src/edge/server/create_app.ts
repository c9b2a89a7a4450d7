/**
 * The HTTP edge: guards, then one handler, then one encoder. Nothing of a request's body is read
 * before every guard has passed.
 *
 * @module
 */
import { type Context, Hono } from "@hono/hono";
import type { SandboxStatus } from "../../core/check/sandbox_port.ts";
import { EngineError, oneLine, toEngineError } from "../../core/errors.ts";
import type { DriftReport } from "../../core/integrity/compare_drift.ts";
import type { Engine } from "../../pdp.ts";
import { type AnswerSigner, encodeAnswer } from "./encode_answer.ts";
import { encodeProblem } from "./encode_problem.ts";
import { handlers } from "./handlers.ts";
import { IdempotencyKeys } from "./idempotency_keys.ts";
import { parseNonce } from "./parse_nonce.ts";
import { parseRequestTarget } from "./request_target.ts";
import { requireHost } from "./require_host.ts";
import { requireRoute } from "./require_route.ts";
import { requireSameOrigin } from "./require_same_origin.ts";
import { compileTokens, requireRole, type Tokens } from "./require_token.ts";
import { type Role, type Route, type RoutePath, routes } from "./routes.ts";
import { TokenGuesses } from "./token_guesses.ts";

/** Calls at work at once; each may hold a body of 1 MiB. */
export const maxConcurrentCalls = 1_024;

export interface AppOptions extends AnswerSigner {
  readonly engine: Engine;
  readonly tokens: Tokens;
  /**
   * Allowed Host values, lower case, e.g. `127.0.0.1:8787`. Read at each request: a caller that
   * listens on port 0 adds the name once it knows it.
   */
  readonly hosts: readonly string[];
  /** What the workspace of a guarded install proposes; null where there is no such thing. */
  readonly readDrift?: (() => Promise<DriftReport>) | null;
  /** How the processes that run checks are; null, or null from it, where there are none. */
  readonly readSandbox?: (() => SandboxStatus | null) | null;
  /** Takes one line about a failure nobody foresaw; holds no token, nothing unescaped. */
  readonly log: (line: string) => void;
}

/** What the guards found out; absent until the token is known. */
interface Caller {
  readonly role: Role;
  readonly nonce: string | null;
}

/** Hono's type parameter; handlers see `caller` only on routes that need a token. */
export interface AppEnv {
  Variables: { caller?: Caller };
}

/**
 * Makes the app. Every answer, whatever happens, is one of encodeAnswer's.
 *
 * @throws {EngineError} `secret_invalid`, see compileTokens.
 */
export function createApp(options: AppOptions): Hono<AppEnv> {
  // Router and guards share one view of the path: Hono's own would decode %76 to v.
  const app = new Hono<AppEnv>({ getPath: (request) => parseRequestTarget(request.url).path });
  const findRole = guardRoles(options);
  const keys = new IdempotencyKeys();
  let callsAtWork = 0;
  app.use(async (context, next) => {
    const route = requireHead(context, options.hosts, findRole);
    // Open routes answer at once: a busy server is still alive.
    if (route.roles === null) return await next();
    if (callsAtWork >= maxConcurrentCalls) {
      throw new EngineError("request_busy", `Already working on ${callsAtWork} calls`);
    }
    callsAtWork++;
    try {
      await next();
    } finally {
      callsAtWork--;
    }
  });
  for (const [path, route] of Object.entries(routes)) {
    const handler = handlers[path as RoutePath];
    app.on(route.method, path, async (context) => {
      const { req } = context;
      const caller = context.get("caller");
      const { query } = parseRequestTarget(req.raw.url);
      const principal = `token:${caller?.role ?? "none"}`;
      const { engine, readDrift = null, readSandbox = null } = options;
      const call = { engine, readDrift, readSandbox, request: req.raw, principal, query, keys };
      const answer = await handler(call);
      return encodeAnswer(answer, caller?.nonce ?? null, options);
    });
  }
  app.onError((thrown, context) => refuse(thrown, context, options));
  return app;
}

/** Who calls; wrong tokens are counted where the approver's would be a right one. */
function guardRoles({ tokens, sha256, log }: AppOptions): (headers: Headers, route: Route) => Role {
  const findRole = compileTokens(tokens, sha256);
  const guesses = new TokenGuesses(() => performance.now(), log);
  return (headers, route) => {
    try {
      return findRole(headers);
    } catch (thrown) {
      const error = toEngineError(thrown);
      throw route.roles?.includes("approver") === true ? guesses.note(error) : error;
    }
  };
}

/** The guards, cheapest and most general first; none reads a byte of the body. */
function requireHead(
  context: Context<AppEnv>,
  hosts: readonly string[],
  findRole: (headers: Headers, route: Route) => Role,
): Route {
  const request = context.req.raw;
  const { path, query } = parseRequestTarget(request.url);
  const host = requireHost(request, hosts);
  requireSameOrigin(request.headers, host);
  const route = requireRoute(request.method, path);
  if (route.roles !== null) {
    const role = findRole(request.headers, route);
    // From here on refusals are signed: the client can tell ours from a stranger's.
    context.set("caller", { role, nonce: parseNonce(request.headers) });
    requireRole(role, route.roles);
  }
  if (query !== null && !route.takesQuery) {
    throw new EngineError("usage", "Got a query string, wanted none here");
  }
  return route;
}

/** The one funnel of failures. */
function refuse(thrown: unknown, context: Context<AppEnv>, options: AppOptions): Response {
  const error = toEngineError(thrown);
  if (error.code === "internal") options.log(oneLine(error.message));
  const { path } = parseRequestTarget(context.req.raw.url);
  return encodeAnswer(encodeProblem(error, path), context.get("caller")?.nonce ?? null, options);
}
