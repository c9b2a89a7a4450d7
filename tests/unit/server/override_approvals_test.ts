import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { parseApproval } from "../../../src/core/override/approval_body.ts";
import type { OverrideStatus } from "../../../src/pdp/override_desk.ts";
import {
  fakeCode,
  type FakeDeskOptions,
  fakeOverrideId,
  fakePhrase,
} from "../../support/fake_request_desk.ts";
import {
  createTestApp,
  nonce,
  type Sent,
  type TestAnswer,
  type TestApp,
  tokens,
} from "../../support/test_app.ts";

const id = "0123456789abcdef".repeat(2);
const none = "0".repeat(32);
const good = {
  request_id: id,
  phrase: fakePhrase,
  justification: "seen and meant",
  approver: "alice",
  code: fakeCode,
};

function createDesk(
  status: OverrideStatus["status"] = "pending",
  options: FakeDeskOptions = {},
): TestApp {
  const request = { id, principal: "token:agent", operationDigest: "sha256:x", status };
  return createTestApp({ desk: { requests: [request], ...options } });
}

function send(app: TestApp, name: string, body: unknown, headers: Sent["headers"] = {}) {
  return app.send({
    path: `/v1/override/${name}`,
    headers: { authorization: `Bearer ${tokens.approver}`, "sealward-approve": "1", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Asserts that the engine was asked nothing, and that no code is in answer or log. */
async function assertUnasked(
  sent: Promise<TestAnswer>,
  app: TestApp,
  wanted: readonly [number, string],
): Promise<TestAnswer> {
  const answer = await sent;
  assertEquals([answer.status, String(answer.json["code"])], [...wanted], answer.text);
  assertEquals([answer.json["allowed"], app.engine.calls], [false, []]);
  assert(!JSON.stringify([answer.text, ...answer.headers, app.logged]).includes(fakeCode));
  return answer;
}

describe("POST /v1/override/approve", () => {
  it("hands the approval to the engine, on the server's channel", async () => {
    const app = createDesk();
    const answer = await send(app, "approve", good);
    assertEquals([answer.status, answer.json["allowed"]], [200, false]);
    const status = answer.json["override"] as OverrideStatus;
    assertEquals([status.status, status.request_id], ["approved", id]);
    assertEquals(app.engine.overrides.asked, [
      `approve ${
        JSON.stringify({
          requestId: id,
          phrase: fakePhrase,
          justification: "seen and meant",
          grant: { kind: "once" },
          proof: { kind: "totp", approver: "alice", code: fakeCode },
          channel: "server",
        })
      }`,
    ]);
    assert(!answer.text.includes(fakeCode));
  });

  const codes: readonly unknown[] = [
    42517,
    "42517",
    "0425177",
    "04251a",
    "0x4251",
    "1e5000",
    "+42517",
    "-42517",
    " 42517",
    "042 517",
    "042517\n",
    "\n042517",
    "042517 ",
    "\uff10\uff14\uff12\uff15\uff11\uff17",
    "\u0660\u0664\u0662\u0665\u0661\u0667",
    "",
    null,
    true,
    ["042517"],
    { code: "042517" },
  ];
  for (const code of codes) {
    it(`TOTP-17 refuses the code ${JSON.stringify(code)}, asking nothing`, async () => {
      const app = createDesk();
      const wanted = [400, "operation_invalid"] as const;
      await assertUnasked(send(app, "approve", { ...good, code }), app, wanted);
    });
  }

  it("TOTP-17 keeps a leading zero, and takes exactly six ASCII digits", async () => {
    const app = createDesk();
    await send(app, "approve", { ...good, code: "000000" });
    assert(app.engine.overrides.asked[0]?.includes('"code":"000000"'));
  });

  const signature = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";
  const { code: _code, approver: _approver, ...proofless } = good;
  const malformed: Readonly<Record<string, unknown>> = {
    "no JSON": "{",
    "no object": [good],
    "nothing": "",
    "two documents": `${JSON.stringify(good)}{}`,
    "a key twice": `${JSON.stringify(good).slice(0, -1)},"code":"111111"}`,
    "a code after a broken text": `{"code":${fakeCode}`,
    "an unknown member": { ...good, allowed: true },
    "the code as a member": { ...good, [fakeCode]: fakeCode },
    "no proof": proofless,
    "two proofs": { ...good, recovery_code: "abcd" },
    "a code and a signature": { ...good, signature },
    "three proofs": { ...good, recovery_code: "abcd", signature },
    "a null beside a proof": { ...good, signature: null },
    "a recovery code of nobody": { ...proofless, recovery_code: "abcd" },
    "an approver beside a signature": { ...proofless, approver: "alice", signature },
    "a signature beyond ASCII": { ...proofless, signature: "\u00e9" },
    "no phrase": { ...good, phrase: undefined },
    "a number for the phrase": { ...good, phrase: 12345 },
    "a long phrase": { ...good, phrase: "A".repeat(33) },
    "no request": { ...good, request_id: undefined },
    "an id that is none": { ...good, request_id: "x" },
    "no justification": { ...good, justification: undefined },
    "a short justification": { ...good, justification: "ok" },
    "a blank justification": { ...good, justification: "     " },
    "a long justification": { ...good, justification: "x".repeat(501) },
    "an unknown kind": { ...good, kind: "always" },
    "a pattern of another kind": { ...good, kind: "session", pattern: "*.md" },
    "a pattern without a kind": { ...good, pattern: "*.md" },
    "a kind without its pattern": { ...good, kind: "pattern" },
    "a long pattern": { ...good, kind: "pattern", pattern: "x".repeat(1_025) },
    "an approver that is no name": { ...good, approver: "Alice\n" },
    "a number for a name": { ...good, approver: 1 },
    "a null for a name": { ...good, approver: null },
    "__proto__": `{"__proto__":{"code":"${fakeCode}"},${JSON.stringify(proofless).slice(1)}`,
  };
  for (const [name, body] of Object.entries(malformed)) {
    it(`BIND-06 refuses ${name}, asking nothing and quoting nothing`, async () => {
      const app = createDesk();
      const answer = await assertUnasked(send(app, "approve", body), app, [
        400,
        "operation_invalid",
      ]);
      assert(!answer.text.includes(id) && !answer.text.includes("Alice"), answer.text);
    });
  }

  it("TOTP-17 HTTP-18 refuses a code of 1 MB, unread", async () => {
    const app = createDesk();
    const body = { ...good, code: "1".repeat(1_000_000) };
    await assertUnasked(send(app, "approve", body), app, [413, "request_too_large"]);
    const large = { ...good, code: "1".repeat(60_000) };
    await assertUnasked(send(app, "approve", large), app, [400, "operation_invalid"]);
  });

  it("takes a recovery code, a signature, and every kind", async () => {
    const rows: readonly (readonly [object, string])[] = [
      [
        { ...proofless, approver: "alice", recovery_code: "abcd-efgh" },
        '"proof":{"kind":"recovery","approver":"alice","code":"abcd-efgh"}',
      ],
      [{ ...proofless, signature }, '"proof":{"kind":"ssh"'],
      [{ ...proofless, code: fakeCode }, '"proof":{"kind":"totp","approver":null'],
      [{ ...good, kind: "once" }, '"grant":{"kind":"once"}'],
      [{ ...good, kind: "session" }, '"grant":{"kind":"session"}'],
      [
        { ...good, kind: "pattern", pattern: "*.md" },
        '"grant":{"kind":"pattern","pattern":"*.md"}',
      ],
    ];
    for (const [body, wanted] of rows) {
      const app = createDesk();
      await send(app, "approve", body);
      assert(app.engine.overrides.asked[0]?.includes(wanted), app.engine.overrides.asked[0]);
    }
  });

  it("TOTP-23 answers a wrong code, phrase, request and one that is over alike", async () => {
    const rows: readonly (readonly [OverrideStatus["status"], object])[] = [
      ["pending", { ...good, code: "111111" }],
      ["pending", { ...good, phrase: "AAAAA-AAAAA" }],
      ["pending", { ...good, request_id: none }],
      ["pending", { ...proofless, approver: "mallory", recovery_code: "abcd" }],
      ["approved", good],
      ["denied", good],
      ["expired", good],
      ["cancelled", good],
    ];
    const answers = new Set<string>();
    for (const [status, body] of rows) {
      const app = createDesk(status);
      const answer = await send(app, "approve", body);
      assertEquals([answer.status, answer.json["code"]], [403, "override_rejected"]);
      assertEquals(app.engine.overrides.asked.length, 1);
      answers.add(JSON.stringify([answer.text, ...answer.headers]));
      assertEquals(app.logged, []);
    }
    assertEquals(answers.size, 1);
    assert(![...answers][0]?.includes(id));
  });

  it("TOTP-09 answers 429 with Retry-After while locked, and approves nothing", async () => {
    const rows = [
      [{}, "30"],
      [{ retryAt: "2026-11-23T09:01:00.000Z" }, "Mon, 23 Nov 2026 09:01:00 GMT"],
    ] as const;
    for (const [options, wanted] of rows) {
      const approveFailure = new EngineError("override_locked", "Locked", options);
      const answer = await send(createDesk("pending", { approveFailure }), "approve", good);
      assertEquals([answer.status, answer.json["code"]], [429, "override_locked"]);
      assertEquals([answer.headers.get("retry-after"), answer.json["allowed"]], [wanted, false]);
    }
  });

  it("SEC-03 lets no failure carry the code into answer or log", async () => {
    const failures = [
      new Error(`cannot compare ${fakeCode}`),
      new EngineError("audit_unwritable", `Cannot write ${fakeCode}`),
      new EngineError("override_refused", "No", { hint: `not with ${fakeCode}` }),
      `text ${fakeCode}`,
    ];
    const statuses = [];
    for (const approveFailure of failures) {
      const app = createDesk("pending", { approveFailure });
      const answer = await send(app, "approve", good);
      statuses.push(answer.status);
      assert(!JSON.stringify([answer.text, ...answer.headers, app.logged]).includes(fakeCode));
    }
    assertEquals(statuses, [500, 503, 409, 500]);
  });

  it("says the engine's own words where they tell nothing", async () => {
    const approveFailure = new EngineError("override_refused", "The policy grants once only");
    const answer = await send(createDesk("pending", { approveFailure }), "approve", good);
    assertEquals([answer.status, answer.json["detail"]], [409, "The policy grants once only"]);
  });
});

describe("approver's POST routes", () => {
  const bodies: Readonly<Record<string, unknown>> = {
    approve: good,
    deny: { request_id: id, justification: "not today" },
    revoke: { override_id: fakeOverrideId(id), justification: "not any more" },
  };
  for (const [name, body] of Object.entries(bodies)) {
    for (const header of [null, "", "0", "true", "1, 1"]) {
      it(`HTTP-05 refuses ${name} with Sealward-Approve ${header}`, async () => {
        const app = createDesk();
        const sent = send(app, name, body, { "sealward-approve": header });
        await assertUnasked(sent, app, [403, "request_forbidden"]);
      });
    }

    it(`HTTP-01 HTTP-02 HTTP-05 HTTP-08 guards ${name} as any other route`, async () => {
      const rows: readonly (readonly [Sent["headers"], number, string])[] = [
        [{ host: "evil.example" }, 403, "request_forbidden"],
        [{ origin: "http://evil.example" }, 403, "request_forbidden"],
        [{ "sec-fetch-site": "cross-site" }, 403, "request_forbidden"],
        [{ "content-type": "text/plain" }, 415, "request_media_type"],
        [{ "content-type": null }, 415, "request_media_type"],
        [{ "content-encoding": "gzip" }, 415, "request_media_type"],
        [{ authorization: null }, 401, "request_unauthenticated"],
        [{ authorization: `Bearer ${tokens.agent}` }, 403, "request_forbidden"],
        [{ authorization: `Bearer ${tokens.operator}` }, 403, "request_forbidden"],
      ];
      for (const [headers, status, code] of rows) {
        const app = createDesk();
        await assertUnasked(send(app, name, body, headers), app, [status, code]);
      }
      const app = createDesk();
      const path = `/v1/override/${name}`;
      const asGet = app.send({
        path,
        method: "GET",
        headers: { authorization: `Bearer ${tokens.approver}`, "sealward-approve": "1" },
      });
      await assertUnasked(asGet, app, [405, "request_method"]);
    });

    it(`signs the answer of ${name}, a refusal too`, async () => {
      for (const sent of [body, {}]) {
        const status = name === "revoke" ? "approved" : "pending";
        const answer = await send(createDesk(status), name, sent, { "sealward-nonce": nonce });
        assertEquals(answer.status, sent === body ? 200 : 400);
        assert(answer.headers.get("sealward-signature")?.startsWith("ed25519;"));
      }
    });
  }
});

describe("POST /v1/override/approve, refused", () => {
  it("says what was got and what was wanted, and no value", () => {
    const fields = {
      request_id: "0".repeat(32),
      phrase: "AAAAA-BBBBB",
      justification: "agreed in review",
    };
    const rows = [
      [{ ...fields, code: 123456 }, 'got a number at "code", wanted a string of six ASCII digits'],
      [fields, "got 0 proofs, wanted one of code, recovery_code, signature"],
      [{ ...fields, request_id: 7 }, 'at "request_id", wanted a string of 32 hex digits'],
    ] as const;
    for (const [body, wanted] of rows) {
      const error = assertThrows(() => parseApproval(JSON.stringify(body)), EngineError);
      assertStringIncludes(error.message, wanted);
      assertEquals(error.message.includes("123456"), false);
    }
  });
});

describe("POST /v1/override/deny and revoke", () => {
  it("name who did it and on which road", async () => {
    const app = createDesk();
    const denied = await send(app, "deny", { request_id: id, justification: "not today" });
    assertEquals((denied.json["override"] as OverrideStatus).status, "denied");
    assertEquals(app.engine.overrides.asked, [`deny ${id} not today server token:approver`]);
    const other = createDesk("approved");
    const grant = fakeOverrideId(id);
    const revoked = await send(other, "revoke", { override_id: grant, justification: "no more" });
    assertEquals((revoked.json["override"] as OverrideStatus).status, "revoked");
    assertEquals(other.engine.overrides.asked, [`revoke ${grant} no more server token:approver`]);
  });

  it("BIND-12 know no made-up id, and do not repeat it", async () => {
    const app = createDesk();
    const texts = [];
    for (const made of [none, "1".repeat(32)]) {
      const sent = { request_id: made, justification: "not today" };
      const denied = await send(app, "deny", sent);
      const revoked = await send(app, "revoke", { override_id: made, justification: "no more" });
      assertEquals([denied.status, revoked.status], [404, 404]);
      texts.push(denied.text, revoked.text);
    }
    assertEquals(new Set(texts).size, 1);
  });

  for (
    const [name, body] of [
      ["deny", {}],
      ["deny", { request_id: id }],
      ["deny", { request_id: id, justification: "no" }],
      ["deny", { request_id: id, justification: "not today", code: fakeCode }],
      ["deny", { request_id: 1, justification: "not today" }],
      ["revoke", { request_id: id, justification: "not today" }],
      ["revoke", { override_id: "a b", justification: "not today" }],
      ["revoke", { override_id: id, justification: ["not today"] }],
    ] as const
  ) {
    it(`refuse ${name} ${JSON.stringify(body)}, asking nothing`, async () => {
      const app = createDesk();
      await assertUnasked(send(app, name, body), app, [400, "operation_invalid"]);
    });
  }
});

describe("GET /v1/override/list and show", () => {
  it("list what waits, who may approve, and no phrase", async () => {
    const answer = await send(createDesk(), "list", "");
    assertEquals([answer.status, answer.json["schema_version"]], [200, 1]);
    assertEquals((answer.json["pending"] as readonly unknown[]).length, 1);
    assert(!answer.text.includes(fakePhrase));
  });

  it("show a pending request on the server's channel, with text and phrase", async () => {
    const app = createDesk();
    const answer = await send(app, `show?id=${id}`, "");
    const shown = answer.json["request"] as Readonly<Record<string, unknown>>;
    assertEquals([shown["text"], shown["phrase"]], ["write .env\n", fakePhrase]);
    assertEquals(app.engine.overrides.asked, [`show ${id} server`]);
  });

  it("BIND-12 show nothing else, in the same bytes", async () => {
    const texts = new Set<string>();
    for (const [status, asked] of [["pending", none], ["pending", "x"], ["denied", id]] as const) {
      const answer = await send(createDesk(status), `show?id=${asked}`, "");
      assertEquals(answer.status, 404);
      texts.add(answer.text);
    }
    assertEquals(texts.size, 1);
  });
});
