import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { maxWrongTokens, TokenGuesses } from "../../../src/edge/server/token_guesses.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { createApp } from "../../../src/edge/server/create_app.ts";
import { compileTokens } from "../../../src/edge/server/require_token.ts";
import { routes } from "../../../src/edge/server/routes.ts";
import { createFakeEngine } from "../../support/fake_engine.ts";
import { createTestApp, host, tokens } from "../../support/test_app.ts";

/** Who may call what, said a second time: a slip in the table itself must not pass. */
const matrix: Readonly<Record<string, string>> = {
  "/healthz": "agent operator approver stranger",
  "/readyz": "agent operator",
  "/v1/check": "agent operator",
  "/v1/check/batch": "agent operator",
  "/v1/outcome": "agent operator",
  "/v1/settle": "agent operator",
  "/v1/verify": "agent operator",
  "/v1/status": "agent operator",
  "/v1/audit/events": "operator",
  "/v1/audit/verify": "operator",
  "/v1/override/request": "agent operator",
  "/v1/override/task": "agent operator",
  "/v1/override/cancel": "agent operator",
  "/v1/override/valid": "agent operator",
  "/v1/override/list": "operator approver",
  "/v1/override/show": "approver",
  "/v1/override/approve": "approver",
  "/v1/override/deny": "approver",
  "/v1/override/revoke": "approver",
};

const callers: Readonly<Record<string, string>> = { ...tokens, stranger: "s".repeat(43) };

function headersOf(caller: string): Readonly<Record<string, string>> {
  return {
    "authorization": `Bearer ${callers[caller]}`,
    "sealward-approve": "1",
    "idempotency-key": "k",
  };
}

describe("roles", () => {
  it("HTTP-14 names every route there is", () => {
    assertEquals(Object.keys(matrix).sort(), Object.keys(routes).sort());
  });

  for (const [path, allowed] of Object.entries(matrix)) {
    for (const caller of Object.keys(callers)) {
      const isAllowed = allowed.split(" ").includes(caller);
      const wanted = isAllowed ? "passes" : caller === "stranger" ? "gets 401" : "gets 403";
      it(`ARCH-01 BIND-14 ${caller} ${wanted} at ${path}`, async () => {
        const { send, engine } = createTestApp();
        const answer = await send({ path, headers: headersOf(caller), body: "{}" });
        if (isAllowed) return assert(answer.status !== 401 && answer.status !== 403, answer.text);
        assertEquals(answer.status, caller === "stranger" ? 401 : 403);
        assertEquals([answer.json["allowed"], engine.calls], [false, []]);
      });
    }
  }

  for (
    const path of [
      "//v1/override/approve",
      "/v1/override//approve",
      "/v1/override/approve/",
      "/v1/Override/approve",
      "/v1/override%2fapprove",
      "/v1/override/%61pprove",
      "/v1/override/approve;a",
      "/v1/override",
      "/v1/override/",
      "/v1/override/enrol",
      "/v1/override/unenrol",
    ]
  ) {
    it(`HTTP-21 TOTP-22 finds nothing at ${path}, whoever asks`, async () => {
      for (const caller of Object.keys(callers)) {
        const { send, engine } = createTestApp();
        const answer = await send({ path, method: "POST", headers: headersOf(caller), body: "{}" });
        assertEquals([answer.status, engine.calls], [404, []]);
      }
    });
  }

  it("calls the approver token:approver", async () => {
    const id = "a".repeat(32);
    const requests = [
      { id, principal: "token:agent", operationDigest: "", status: "pending" },
    ] as const;
    const { send, engine } = createTestApp({ desk: { requests } });
    const body = JSON.stringify({ request_id: id, justification: "not today" });
    const answer = await send({ path: "/v1/override/deny", headers: headersOf("approver"), body });
    assertEquals(answer.status, 200);
    assertEquals(engine.overrides.asked, [`deny ${id} not today server token:approver`]);
  });

  it("without an approver's token nobody has the role, not even by an all-zero digest", async () => {
    const engine = createFakeEngine();
    const app = createApp({
      engine,
      tokens: { ...tokens, approver: null },
      hosts: [host],
      sha256,
      sign: null,
      keyId: "0".repeat(16),
      log: () => undefined,
    });
    for (
      const [caller, status] of [["approver", 401], ["agent", 403], ["operator", 403]] as const
    ) {
      const headers = { host, ...headersOf(caller) };
      const response = await app.request(`http://${host}/v1/override/show?id=x`, { headers });
      assertEquals(response.status, status, caller);
      await response.body?.cancel();
    }
    assertEquals(engine.calls, []);
    const findRole = compileTokens({ ...tokens, approver: null }, sha256);
    const role = findRole(new Headers({ authorization: `Bearer ${tokens.operator}` }));
    assertEquals(role, "operator");
  });
});

describe("TokenGuesses", () => {
  const wrong = new EngineError("request_unauthenticated", "wrong");

  it("HTTP-15 answers 429 after so many, with one line a minute, and forgets", () => {
    let nowMs = 0;
    const lines: string[] = [];
    const guesses = new TokenGuesses(() => nowMs, (line) => lines.push(line));
    const codes = Array.from({ length: 10_000 }, () => guesses.note(wrong).code);
    const isLimited = (code: string) => code === "request_limited";
    assertEquals(codes.findIndex(isLimited), maxWrongTokens);
    assert(codes.slice(maxWrongTokens).every(isLimited));
    assertEquals(lines.length, 1);
    nowMs = 60_000;
    assertEquals(guesses.note(wrong).code, "request_unauthenticated");
  });

  it("HTTP-15 TOTP-11 never keeps the right token out, and counts no other route", async () => {
    const { send, engine, logged } = createTestApp();
    const path = "/v1/override/list";
    const headers = headersOf("stranger");
    for (let i = 0; i < 3 * maxWrongTokens; i++) {
      assertEquals((await send({ path: "/v1/check", headers })).status, 401);
    }
    const statuses = [];
    for (let i = 0; i < maxWrongTokens + 2; i++) {
      statuses.push((await send({ path, headers })).status);
    }
    assertEquals(statuses.slice(-3), [401, 429, 429]);
    const limited = await send({ path, headers });
    assertEquals([limited.headers.get("retry-after"), limited.json["allowed"]], ["30", false]);
    assertEquals(engine.calls, []);
    assertEquals((await send({ path, headers: headersOf("approver") })).status, 200);
    assertEquals(logged.length, 1);
    assert(!JSON.stringify(logged).includes(callers["stranger"] ?? "?"));
  });
});
