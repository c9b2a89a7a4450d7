import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { createApproverClient } from "../../src/approver_client.ts";
import { type Client, createClient } from "../../src/client.ts";
import { EngineError } from "../../src/core/errors.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { fakeDecision } from "../support/fake_engine.ts";
import { fakeCode, fakeOverrideId, fakePhrase } from "../support/fake_request_desk.ts";
import { signAnswer } from "../support/sign_answer.ts";
import { createTestApp, host, publicKey, type TestApp, tokens } from "../support/test_app.ts";

const id = "0123456789abcdef".repeat(2);
const unknown = "0".repeat(32);
const operation = { type: "file_write", affected_files: [".env"] };
const digest = operationDigest(parseOperation(operation), sha256);
const approval = {
  requestId: id,
  phrase: fakePhrase,
  justification: "seen and meant",
  grant: { kind: "once" },
  proof: { kind: "totp", approver: null, code: fakeCode },
} as const;

function createDesk(): TestApp {
  const request = { id, principal: "token:agent", operationDigest: digest };
  return createTestApp({ desk: { requests: [{ ...request, status: "pending" }] } });
}

/** What goes to the app as it would over a socket; `seen` gets each request. */
function fetchOf({ app }: TestApp, seen: Request[] = []): typeof fetch {
  return async (url, init) => {
    const request = new Request(url, init);
    seen.push(request.clone());
    request.headers.set("host", host);
    return await app.fetch(request);
  };
}

const url = `http://${host}`;
const agentOf = (fetch: typeof globalThis.fetch): Client =>
  createClient({ url, token: tokens.agent, publicKey, fetch });
const approverOf = (fetch: typeof globalThis.fetch) =>
  createApproverClient({ url, token: tokens.approver, publicKey, fetch });

async function codeOf(asking: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(asking, EngineError)).code;
}

describe("createClient() about its own requests", () => {
  it("follows one from denial to approval and use", async () => {
    const app = createDesk();
    const [agent, approver] = [agentOf(fetchOf(app)), approverOf(fetchOf(app))];
    const task = await agent.requestOverride({ requestId: id, operation, timeoutSeconds: 60 });
    assertEquals([task.id, task.status, task.result], [id, "pending", undefined]);
    assertEquals(await agent.isOverrideValid(fakeOverrideId(id)), false);
    await approver.approve(approval);
    const later = await agent.overrideTask(id);
    assertEquals([later.status, later.result?.mode], ["approved", "reevaluate"]);
    assertEquals(await agent.isOverrideValid(fakeOverrideId(id)), true);
  });

  it("cancels its own, and learns that it is over", async () => {
    const agent = agentOf(fetchOf(createDesk()));
    assertEquals((await agent.cancelOverride(id, "timeout")).status, "expired");
    assertEquals(await codeOf(() => agent.cancelOverride(id, "cancelled")), "request_conflict");
    assertEquals(await codeOf(() => agent.overrideTask(unknown)), "override_unknown");
    const asked = { requestId: unknown };
    assertEquals(await codeOf(() => agent.requestOverride(asked)), "operation_invalid");
  });

  it("asks under the request's id as key, so that asking again is the same call", async () => {
    const seen: Request[] = [];
    const agent = agentOf(fetchOf(createDesk(), seen));
    await agent.requestOverride({ requestId: id });
    await agent.requestOverride({ requestId: id });
    assertEquals(seen.map(({ headers }) => headers.get("idempotency-key")), [id, id]);
    const other = { requestId: id, decisionId: "d" };
    assertEquals(await codeOf(() => agent.requestOverride(other)), "request_conflict");
    await agent.requestOverride({ ...other, idempotencyKey: "mine" });
  });

  it("sends nothing malformed", async () => {
    const seen: Request[] = [];
    const agent = agentOf(fetchOf(createDesk(), seen));
    const rows: readonly (() => Promise<unknown>)[] = [
      () => agent.requestOverride({ requestId: "x" }),
      () => agent.requestOverride({ requestId: id, operation: {} }),
      () => agent.requestOverride({ requestId: id, timeoutSeconds: 0 }),
      () => agent.overrideTask("a b"),
      () => agent.overrideTask(""),
      () => agent.isOverrideValid("\n"),
      () => agent.cancelOverride("x", "timeout"),
    ];
    for (const row of rows) assertEquals(await codeOf(row), "operation_invalid");
    assertEquals(seen, []);
  });
});

describe("createApproverClient()", () => {
  it("lists, shows, approves and revokes", async () => {
    const approver = approverOf(fetchOf(createDesk()));
    assertEquals((await approver.list()).pending.map(({ request_id }) => request_id), [id]);
    assertEquals((await approver.show(id)).phrase, fakePhrase);
    const granted = await approver.approve(approval);
    assertEquals([granted.status, granted.override_id], ["approved", fakeOverrideId(id)]);
    assertEquals((await approver.revoke(fakeOverrideId(id), "not any more")).status, "revoked");
  });

  it("denies, and shows what is over no more", async () => {
    const approver = approverOf(fetchOf(createDesk()));
    assertEquals((await approver.deny(id, "not today")).status, "denied");
    assertEquals(await codeOf(() => approver.show(id)), "override_unknown");
    assertEquals(await codeOf(() => approver.approve(approval)), "override_rejected");
  });

  it("says a wrong code is rejected, and sends none that is malformed", async () => {
    const seen: Request[] = [];
    const approver = approverOf(fetchOf(createDesk(), seen));
    const withCode = (code: string) => ({ ...approval, proof: { ...approval.proof, code } });
    assertEquals(await codeOf(() => approver.approve(withCode("111111"))), "override_rejected");
    assertEquals(seen.length, 1);
    const malformed = () => approver.approve(withCode("1111111"));
    assertEquals(await codeOf(malformed), "operation_invalid");
    assertEquals(await codeOf(() => approver.show("../list")), "operation_invalid");
    assertEquals(seen.length, 1);
  });

  it("ARCH-01 gets nowhere with the agent's token", async () => {
    const app = createDesk();
    const fetch = fetchOf(app);
    const client = createApproverClient({ url, token: tokens.agent, publicKey, fetch });
    assertEquals(await codeOf(() => client.approve(approval)), "request_forbidden");
    assertEquals(await codeOf(() => client.list()), "request_forbidden");
    assertEquals(app.engine.calls, []);
  });
});

describe("clients with a server that is not ours, or confused", () => {
  const key = openSigningKey(newSigningKeyPem());
  const status = {
    request_id: unknown,
    status: "approved",
    expires_at: "2026-11-23T09:30:00Z",
    override_id: unknown,
    approved_until: "2026-11-23T10:00:00Z",
    approved_by: "alice",
    override_trust: "guarded",
    justification: "x",
    kind: "once",
  };
  /** Signs whatever it is given: only the content can be wrong. */
  const answering = (body: object, http = 200): typeof fetch => (url, init) =>
    signAnswer(new Request(url, init), { key, body, status: http });
  const agent = (body: object, http?: number) =>
    createClient({
      url,
      token: tokens.agent,
      publicKey: key.publicKey,
      fetch: answering(body, http),
    });
  const approver = (body: object) =>
    createApproverClient({
      url,
      token: tokens.approver,
      publicKey: key.publicKey,
      fetch: answering(body),
    });
  const envelope = { schema_version: 1, allowed: false };
  const task = {
    id,
    status: "pending",
    override_status: "pending",
    status_endpoint: "/",
    expires_at: "2026-11-23T09:30:00Z",
    links: { cancel: "/" },
  };

  it("is not broken by the fixture itself", async () => {
    assertEquals((await agent({ ...envelope, task }).overrideTask(id)).status, "pending");
    const good = { ...status, request_id: id };
    const granted = await approver({ ...envelope, override: good }).approve(approval);
    assertEquals(granted.status, "approved");
  });

  const rows: Readonly<Record<string, () => Promise<unknown>>> = {
    "another request's task": () =>
      agent({ ...envelope, task: { ...task, id: unknown } }).overrideTask(id),
    "a task that allows": () => agent({ schema_version: 1, allowed: true, task }).overrideTask(id),
    "a task of version 2": () => agent({ ...envelope, schema_version: 2, task }).overrideTask(id),
    "no task": () => agent(envelope).overrideTask(id),
    "200 for 201": () => agent({ ...envelope, task }).requestOverride({ requestId: id }),
    "201 for 200": () => agent({ ...envelope, task }, 201).overrideTask(id),
    "another grant's validity": () =>
      agent({ ...envelope, override_id: unknown, valid: true }).isOverrideValid(id),
    "a validity that is no boolean": () =>
      agent({ ...envelope, override_id: id, valid: 1 }).isOverrideValid(id),
    "another request's approval": () =>
      approver({ ...envelope, override: status }).approve(approval),
    "another request's denial": () =>
      approver({ ...envelope, override: status }).deny(id, "no way"),
    "another grant's end": () => approver({ ...envelope, override: status }).revoke(id, "no way"),
    "no listing": () => approver(envelope).list(),
    "no request": () => approver(envelope).show(id),
  };
  for (const [name, ask] of Object.entries(rows)) {
    it(`ARCH-04 BIND-03 trusts nothing of ${name}`, async () => {
      assertEquals(await codeOf(ask), "server_untrusted");
    });
  }

  it("ARCH-06 believes no key but the one it was given", async () => {
    const fetch = answering({ ...envelope, override: { ...status, request_id: id } });
    const client = createApproverClient({ url, token: tokens.approver, publicKey, fetch });
    assertEquals(await codeOf(() => client.approve(approval)), "server_untrusted");
  });
});

describe("a decision's override over the wire", () => {
  const denied = { type: "file_write", affected_files: [".env"] };
  const allowed = { type: "file_write", affected_files: ["a.ts"] };
  const offered = {
    status: "offered",
    request_id: id,
    phrase: fakePhrase,
    expires_at: "2026-11-23T09:30:00Z",
  };
  const tooMany = { status: "too_many", retry_at: "2026-11-23T09:30:00.5Z" };
  const granted = {
    status: "granted",
    override_id: unknown,
    request_id: id,
    kind: "once",
    approved_by: "alice",
    override_trust: "presence",
    approved_until: "2026-11-23T09:30:00Z",
  };

  const ask = async (operation: object, override: unknown): Promise<string> => {
    const key = openSigningKey(newSigningKeyPem());
    const decision = fakeDecision(parseOperation(operation));
    const client = createClient({
      url,
      token: tokens.agent,
      publicKey: key.publicKey,
      fetch: (url, init) =>
        signAnswer(new Request(url, init), {
          key,
          body: { ...decision, override },
          digests: [decision.operation_digest],
        }),
    });
    return await client.check(operation).then(
      (got) => {
        assertEquals(got.override as unknown, override);
        return got.decision;
      },
      ({ code }: EngineError) => code,
    );
  };

  it("is taken in its three shapes, and where there is none", async () => {
    assertEquals(await ask(denied, undefined), "deny");
    assertEquals(await ask(denied, offered), "deny");
    assertEquals(await ask(denied, tooMany), "deny");
    assertEquals(await ask(allowed, granted), "allow");
  });

  const rows: readonly (readonly [string, object, unknown])[] = [
    ["null", denied, null],
    ["a text", denied, "offered"],
    ["an unknown status", denied, { ...offered, status: "lifted" }],
    ["an unknown member", denied, { ...offered, x: 1 }],
    ["a missing member", denied, { status: "offered", request_id: id, phrase: fakePhrase }],
    ["a phrase with letters there are not", denied, { ...offered, phrase: "ABCDI-12345" }],
    ["an id that is none", denied, { ...offered, request_id: "x" }],
    ["a time that is none", denied, { ...tooMany, retry_at: "later" }],
    ["an offer on an allow", allowed, offered],
    ["too many on an allow", allowed, tooMany],
    ["a grant on a denial", denied, granted],
    ["an unknown kind", allowed, { ...granted, kind: "always" }],
    ["an unknown trust", allowed, { ...granted, override_trust: "full" }],
  ];
  for (const [name, operation, override] of rows) {
    it(`ARCH-05 refuses ${name}`, async () => {
      assertEquals(await ask(operation, override), "server_untrusted");
    });
  }
});
