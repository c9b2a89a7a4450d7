/** requireHumanOverride of a guarded root: over its server's routes, with a person at another token. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createApproverClient } from "../../src/approver_client.ts";
import { createClient } from "../../src/client.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { operationDigest } from "../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { createGuardedDesk } from "../../src/library/guarded_desk.ts";
import { type HumanOverrideOptions, HumanOverrides } from "../../src/library/human_overrides.ts";
import { pause } from "../../src/library/pause.ts";
import { toPolicyDecision } from "../../src/library/policy_decision.ts";
import { fakeDecision } from "../support/fake_engine.ts";
import { fakeCode, fakeOverrideId, fakePhrase } from "../support/fake_request_desk.ts";
import { createTestApp, host, publicKey, tokens } from "../support/test_app.ts";

const id = "0123456789abcdef".repeat(2);
const operation = parseOperation({ type: "file_write", affected_files: [".env"] });
const digest = operationDigest(operation, sha256);
const expires_at = "2099-01-01T00:00:00Z";
const denied = toPolicyDecision({
  ...fakeDecision(operation),
  override: { status: "offered", request_id: id, phrase: fakePhrase, expires_at },
});

/** A server whose desk knows one request, its agent's library, and a person. */
function createServer() {
  const request = { id, principal: "token:agent", operationDigest: digest };
  const { app, engine } = createTestApp({
    desk: { requests: [{ ...request, status: "pending" }] },
  });
  const fetchApp: typeof fetch = async (url, init) => {
    const sent = new Request(url, init);
    sent.headers.set("host", host);
    return await app.fetch(sent);
  };
  const road = { url: `http://${host}`, publicKey, fetch: fetchApp };
  const client = createClient({ ...road, token: tokens.agent });
  const overrides = new HumanOverrides({
    principal: "library",
    openDesk: () => Promise.resolve(createGuardedDesk(client)),
    ask: () => Promise.reject(new Error("it was asked anew")),
    nowMs: () => performance.now(),
    nowUnixMs: () => Date.now(),
    pause,
  });
  const envelope = { ...fakeDecision(operation), override: denied.override };
  overrides.remember(denied, envelope as Parameters<typeof overrides.remember>[1], operation);
  return {
    approver: createApproverClient({ ...road, token: tokens.approver }),
    overrides,
    engine,
    require: (options: HumanOverrideOptions) => overrides.require(operation, denied, options),
  };
}

describe("requireHumanOverride() of a guarded root", () => {
  it("waits for the approval of somebody with another token", async () => {
    const { approver, overrides, require } = createServer();
    const waiting = require({ timeoutSeconds: 60, pollMs: 10 });
    await pause(30, null);
    await approver.approve({
      requestId: id,
      phrase: fakePhrase,
      justification: "seen and meant",
      grant: { kind: "once" },
      proof: { kind: "totp", approver: null, code: fakeCode },
    });
    const { approved, overrideId } = await waiting;
    assertEquals([approved, overrideId], [true, fakeOverrideId(id)]);
    assertEquals(await overrides.isValid(overrideId), true);
  });

  it("BIND-16 withdraws what nobody answered", async () => {
    const { engine, require } = createServer();
    const decision = await require({ timeoutSeconds: 1, pollMs: 100 });
    assertEquals([decision.approved, decision.reason], [false, "Override request timed out"]);
    assertEquals(engine.overrides.asked.at(-1), `withdraw ${id} token:agent timeout`);
  });

  it("BIND-03 SEED-08 knows no made-up id", async () => {
    const { overrides } = createServer();
    const future = new Date(Date.now() + 1e9);
    for (const made of ["made-up-id", "f".repeat(32), fakeOverrideId(id)]) {
      assertEquals(await overrides.isValid(made, future), false, made);
    }
  });
});
