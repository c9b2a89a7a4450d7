import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { maxIdempotencyKeys } from "../../../src/core/limits.ts";
import { operationDigest } from "../../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { IdempotencyKeys } from "../../../src/edge/server/idempotency_keys.ts";
import type { OverrideStatus } from "../../../src/pdp/override_desk.ts";
import { fakeOverrideId } from "../../support/fake_request_desk.ts";
import { createTestApp, type TestAnswer, type TestApp } from "../../support/test_app.ts";

const mine = "0123456789abcdef".repeat(2);
const theirs = "fedcba9876543210".repeat(2);
const none = "0".repeat(32);
const operation = { type: "file_write", affected_files: [".env"] };
const other = { type: "file_write", affected_files: [".env", "x"] };
const digest = operationDigest(parseOperation(operation), sha256);

function createDesk(status: OverrideStatus["status"] = "pending"): TestApp {
  const shared = { operationDigest: digest, status };
  return createTestApp({
    desk: {
      requests: [
        { id: mine, principal: "token:agent", ...shared },
        { id: theirs, principal: "token:operator", ...shared },
      ],
    },
  });
}

function request(
  app: TestApp,
  body: unknown,
  key: string | null = "key-1",
): Promise<TestAnswer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "idempotency-key": key };
  return app.send({ path: "/v1/override/request", headers, body: text });
}

function cancel(app: TestApp, body: unknown): Promise<TestAnswer> {
  return app.send({ path: "/v1/override/cancel", body: JSON.stringify(body) });
}

function task(app: TestApp, id: string): Promise<TestAnswer> {
  return app.send({ path: `/v1/override/task?id=${id}` });
}

function typeOf({ json }: TestAnswer): string {
  return String(json["type"]).replace("urn:sealward:error:", "");
}

const good = { operation, denial: { request_id: mine, decision_id: "d-1" }, timeout_seconds: 60 };

describe("POST /v1/override/request", () => {
  it("answers 201 with the pending task and when to look again", async () => {
    const answer = await request(createDesk(), good);
    assertEquals([answer.status, answer.headers.get("retry-after")], [201, "2"]);
    assertEquals(answer.json, {
      schema_version: 1,
      allowed: false,
      task: {
        id: mine,
        status: "pending",
        override_status: "pending",
        status_endpoint: `/v1/override/task?id=${mine}`,
        expires_at: "2026-11-23T09:30:00Z",
        links: { cancel: "/v1/override/cancel" },
      },
    });
  });

  it("grants, denies and ends nothing", async () => {
    const app = createDesk();
    await request(app, good);
    const acts = app.engine.overrides.asked.map((call) => call.split(" ")[0]);
    assertEquals(acts, ["status", "show"]);
  });

  const unbound: Readonly<Record<string, unknown>> = {
    "another principal's request": { denial: { request_id: theirs } },
    "a request that never was": { denial: { request_id: none } },
    "an id in another spelling": { denial: { request_id: mine.toUpperCase() } },
    "a decision that offered none": { denial: { decision_id: "d-1" } },
    "another operation": { ...good, operation: other },
  };
  for (const [name, body] of Object.entries(unbound)) {
    it(`BIND-01 BIND-12 refuses ${name} as invalid_denial_binding`, async () => {
      const app = createDesk();
      const answer = await request(app, body);
      assertEquals([answer.status, typeOf(answer)], [400, "invalid_denial_binding"]);
      assertEquals(answer.json["allowed"], false);
      assert(!answer.text.includes(theirs) && !answer.text.includes(none));
      const [first] = await Promise.all([request(app, { denial: { request_id: none } })]);
      assertEquals(answer.text, first.text);
    });
  }

  it("BIND-01 binds a request that is approved already, too", async () => {
    assertEquals((await request(createDesk("approved"), good)).status, 201);
    const answer = await request(createDesk("approved"), { ...good, operation: other });
    assertEquals([answer.status, typeOf(answer)], [400, "invalid_denial_binding"]);
  });

  it("remembers no key of a call that was refused", async () => {
    const app = createDesk();
    assertEquals((await request(app, { ...good, operation: other })).status, 400);
    assertEquals((await request(app, good)).status, 201);
  });

  it("gives the same answer to the same key and body, and refuses another body", async () => {
    const app = createDesk();
    const first = await request(app, good);
    const again = await request(app, good);
    assertEquals([again.status, again.text], [first.status, first.text]);
    const changed = await request(app, { ...good, timeout_seconds: 61 });
    assertEquals([changed.status, typeOf(changed)], [409, "duplicate_request"]);
    assertEquals([changed.json["code"], changed.json["allowed"]], ["request_conflict", false]);
    assertEquals((await request(app, { ...good, timeout_seconds: 61 }, "key-2")).status, 201);
  });

  it("tells a repeated call how the request ended", async () => {
    const app = createDesk();
    await request(app, good);
    await cancel(app, { request_id: mine, reason: "cancelled" });
    const again = await request(app, good);
    assertEquals(again.status, 201);
    assertEquals((again.json["task"] as { readonly status: string }).status, "cancelled");
    assertEquals(again.headers.get("retry-after"), null);
    const anew = await request(app, good, "key-2");
    assertEquals([anew.status, typeOf(anew)], [409, "invalid_task_state"]);
  });

  for (const key of [null, "", " ", "k".repeat(129), "k\u00e9", "a\tb"]) {
    it(`refuses Idempotency-Key ${JSON.stringify(key)?.slice(0, 12)}, asking nothing`, async () => {
      const app = createDesk();
      const answer = await request(app, good, key);
      assertEquals([answer.status, answer.json["code"]], [400, "usage"]);
      assertEquals(app.engine.calls, []);
    });
  }

  const malformed: Readonly<Record<string, unknown>> = {
    "no JSON": "{",
    "a list": [],
    "no denial": {},
    "a denial that is a text": { denial: mine },
    "an unknown member": { ...good, allowed: true },
    "an unknown member of the denial": { denial: { request_id: mine, binding: "x" } },
    "a number for an id": { denial: { request_id: 1 } },
    "no operation": { ...good, operation: null },
    "an operation that is none": { ...good, operation: {} },
    "no time": { ...good, timeout_seconds: 0 },
    "half a second": { ...good, timeout_seconds: 1.5 },
    "more than a day": { ...good, timeout_seconds: 86_401 },
    "a text for a number": { ...good, timeout_seconds: "60" },
    "a key twice": `{"denial":{"request_id":"${mine}","request_id":"${theirs}"}}`,
  };
  for (const [name, body] of Object.entries(malformed)) {
    it(`refuses ${name}, asking nothing`, async () => {
      const app = createDesk();
      const answer = await request(app, body);
      assertEquals([answer.status, answer.json["code"]], [400, "operation_invalid"], answer.text);
      assertEquals([answer.json["allowed"], app.engine.calls], [false, []]);
    });
  }

  for (
    const [status, problem] of [
      ["expired", "task_expired"],
      ["denied", "invalid_task_state"],
      ["used", "invalid_task_state"],
      ["revoked", "invalid_task_state"],
    ] as const
  ) {
    it(`BIND-16 refuses a request that is ${status} as ${problem}`, async () => {
      const answer = await request(createDesk(status), good);
      assertEquals([answer.status, typeOf(answer)], [409, problem]);
    });
  }
});

describe("IdempotencyKeys", () => {
  it("stays bounded: the oldest key is forgotten first", () => {
    const keys = new IdempotencyKeys();
    for (let i = 0; i <= maxIdempotencyKeys; i++) keys.remember("p", String(i), "body");
    assertEquals(keys.isKnown("p", "0", "another"), false);
    assertEquals(keys.isKnown("p", "1", "body"), true);
  });

  it("keeps principals apart", () => {
    const keys = new IdempotencyKeys();
    keys.remember("p", "k", "body");
    assertEquals(keys.isKnown("q", "k", "another"), false);
  });
});

describe("GET /v1/override/task", () => {
  const rows = [
    ["pending", "pending", undefined],
    ["approved", "approved", "reevaluate"],
    ["denied", "denied", undefined],
    ["expired", "expired", undefined],
    ["cancelled", "cancelled", undefined],
    // Neither may read "approved": there is nothing left to be had.
    ["used", "expired", "none"],
    ["revoked", "denied", "none"],
  ] as const;
  for (const [engineStatus, status, mode] of rows) {
    it(`says ${status} of a request that is ${engineStatus}`, async () => {
      const answer = await task(createDesk(engineStatus), mine);
      const got = answer.json["task"] as Readonly<Record<string, unknown>>;
      assertEquals([answer.status, answer.json["allowed"]], [200, false]);
      assertEquals([got["status"], got["override_status"]], [status, engineStatus]);
      const result = got["result"] as { readonly mode: string } | undefined;
      assertEquals(result?.mode, mode);
      const isPending = answer.headers.get("retry-after") !== null;
      assertEquals(isPending, engineStatus === "pending");
    });
  }

  it("says of an approval who gave it, how and until when", async () => {
    const answer = await task(createDesk("approved"), mine);
    assertEquals((answer.json["task"] as { readonly result: unknown }).result, {
      mode: "reevaluate",
      override_id: fakeOverrideId(mine),
      approved_until: "2026-11-23T10:00:00Z",
      approved_by: "alice",
      override_trust: "guarded",
      kind: "once",
      justification: "seen and meant",
    });
  });

  it("BIND-12 answers others' ids, made-up ones and no ids with the same bytes", async () => {
    const app = createDesk();
    const texts = new Set<string>();
    for (const id of [theirs, none, "x", mine.toUpperCase(), `${mine}0`]) {
      const answer = await task(app, id);
      assertEquals([answer.status, typeOf(answer)], [404, "unknown_task"]);
      texts.add(answer.text);
    }
    assertEquals(texts.size, 1);
  });

  for (const query of ["", "?", "?id=", `?id=${mine}&id=${mine}`, `?id=${mine}&x=1`, "?ID=x"]) {
    it(`HTTP-27 refuses the query "${query.slice(0, 12)}", asking nothing`, async () => {
      const app = createDesk();
      const answer = await app.send({ path: `/v1/override/task${query}`, method: "GET" });
      assertEquals([answer.status, answer.json["code"]], [400, "usage"]);
      assertEquals(app.engine.calls, []);
    });
  }
});

describe("POST /v1/override/cancel", () => {
  for (const [reason, status] of [["cancelled", "cancelled"], ["timeout", "expired"]] as const) {
    it(`ends a pending request (${reason}), and says the same again`, async () => {
      const app = createDesk();
      for (let i = 0; i < 2; i++) {
        const answer = await cancel(app, { request_id: mine, reason });
        const { status: got } = answer.json["task"] as { readonly status: string };
        assertEquals([answer.status, got], [200, status]);
      }
      assertEquals(app.engine.overrides.asked[0], `withdraw ${mine} token:agent ${reason}`);
    });
  }

  for (
    const [status, reason, problem] of [
      ["approved", "cancelled", "invalid_task_state"],
      ["approved", "timeout", "invalid_task_state"],
      ["denied", "cancelled", "invalid_task_state"],
      ["used", "timeout", "invalid_task_state"],
      ["expired", "cancelled", "task_expired"],
    ] as const
  ) {
    it(`BIND-16 refuses a request that is ${status} (${reason}) as ${problem}`, async () => {
      const answer = await cancel(createDesk(status), { request_id: mine, reason });
      assertEquals([answer.status, typeOf(answer)], [409, problem]);
    });
  }

  it("BIND-12 ends nobody else's request", async () => {
    const app = createDesk();
    const [one, two] = [
      await cancel(app, { request_id: theirs, reason: "cancelled" }),
      await cancel(app, { request_id: none, reason: "cancelled" }),
    ];
    assertEquals([one.status, typeOf(one), one.text], [404, "unknown_task", two.text]);
    assertEquals((await app.engine.overrides.status(theirs, null)).status, "pending");
  });

  for (
    const body of [
      {},
      { request_id: mine },
      { request_id: mine, reason: "approved" },
      { request_id: mine, reason: 1 },
      { request_id: "x", reason: "timeout" },
      { request_id: mine, reason: "timeout", x: 1 },
      [],
    ]
  ) {
    it(`refuses ${JSON.stringify(body).slice(0, 80)}, ending nothing`, async () => {
      const app = createDesk();
      const answer = await cancel(app, body);
      assertEquals([answer.status, answer.json["code"]], [400, "operation_invalid"]);
      assertEquals(app.engine.calls, []);
    });
  }
});

describe("GET /v1/override/valid", () => {
  it("BIND-03 is true of a grant of the caller's only, and names it", async () => {
    const rows = [
      ["approved", fakeOverrideId(mine), true],
      ["approved", fakeOverrideId(theirs), false],
      ["approved", "made-up-id", false],
      ["used", fakeOverrideId(mine), false],
      ["revoked", fakeOverrideId(mine), false],
    ] as const;
    for (const [status, id, valid] of rows) {
      const answer = await createDesk(status).send({ path: `/v1/override/valid?id=${id}` });
      assertEquals(answer.json, { schema_version: 1, allowed: false, override_id: id, valid });
    }
  });
});
