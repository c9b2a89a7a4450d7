import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { Breaker } from "../../../src/adapter/sandbox/breaker.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxBatchOperations, maxOperationBytes } from "../../../src/core/limits.ts";
import {
  encodeAnswerProof,
  encodeKeyId,
  parseAnswerSignature,
} from "../../../src/core/integrity/answer_proof.ts";
import { maxConcurrentCalls } from "../../../src/edge/server/create_app.ts";
import {
  createTestApp,
  nonce,
  publicKey,
  type TestAnswer,
  tokens,
  write,
} from "../../support/test_app.ts";

const asOperator = { authorization: `Bearer ${tokens.operator}` };
const env = { type: "file_write", affected_files: [".env"] };

/** Verifies with WebCrypto, so that signing is checked by other code than made it. */
async function isProven(answer: TestAnswer, operationDigests: readonly string[]): Promise<boolean> {
  const signed = parseAnswerSignature(answer.headers.get("sealward-signature") ?? "");
  if (signed === null || signed.keyId !== encodeKeyId(sha256(publicKey))) return false;
  const raw = new Uint8Array(publicKey);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const proof = encodeAnswerProof({
    nonce,
    operationDigests,
    status: answer.status,
    bodySha256Hex: encodeHex(sha256(new TextEncoder().encode(answer.text))),
  });
  return await crypto.subtle.verify("Ed25519", key, signed.signature, proof);
}

describe("POST /v1/check", () => {
  it("answers a deny with 200", async () => {
    const { send } = createTestApp();
    const answer = await send({ body: JSON.stringify(env) });
    assertEquals(answer.status, 200);
    assertEquals([answer.json["decision"], answer.json["allowed"]], ["deny", false]);
  });

  it("passes on what unmeasured limits are to the caller", async () => {
    const { send, engine } = createTestApp();
    const headers = { "sealward-unmeasured": "unverified" };
    await send({ headers });
    await send({ path: "/v1/check/batch", body: JSON.stringify([write]), headers });
    await send({});
    const strict = "check token:agent file_write unverified";
    assertEquals(engine.calls, [strict, strict, "check token:agent file_write"]);
  });

  it("names the principal by the token, not by the operation", async () => {
    const { send, engine } = createTestApp();
    const body = JSON.stringify({ ...write, agent: { name: "operator" } });
    await send({ body });
    await send({ body, headers: asOperator });
    assertEquals(engine.calls, ["check token:agent file_write", "check token:operator file_write"]);
  });

  for (
    const [name, body] of [
      ["JSON-01 duplicate keys", '{"type":"file_write","affected_files":["a"],"type":"file_read"}'],
      [
        "JSON-01 an escaped duplicate key",
        '{"type":"file_write","affected_files":["a"],"affected\\u005ffiles":[".env"]}',
      ],
      [
        "JSON-01 a nested duplicate key",
        '{"type":"file_write","affected_files":["a"],"metadata":{"a":1,"a":2}}',
      ],
      ["JSON-02 __proto__", '{"type":"file_write","affected_files":["a"],"__proto__":{}}'],
      ["JSON-03 deep nesting", "[".repeat(100_000)],
      ["JSON-09 a verdict", '{"type":"file_write","affected_files":["a"],"allowed":true}'],
      ["HTTP-18 an empty body", ""],
      ["a body that ends early", '{"type":"file_wr'],
      ["trailing data", `${JSON.stringify(write)}{}`],
      ["a byte order mark", `\ufeff${JSON.stringify(write)}`],
      ["a list", JSON.stringify([write])],
    ] as const
  ) {
    it(`refuses ${name}`, async () => {
      const { send, engine } = createTestApp();
      const answer = await send({ body });
      assertEquals([answer.status, answer.json["code"]], [400, "operation_invalid"]);
      assertEquals(engine.calls, []);
    });
  }

  it("refuses bytes that are not UTF-8", async () => {
    const { send, engine } = createTestApp();
    const json = '{"type":"file_write","affected_files":["a\u00ff"]}';
    const body = Uint8Array.from(json, (c) => c.charCodeAt(0));
    assertEquals((await send({ body })).json["code"], "operation_invalid");
    assertEquals(engine.calls, []);
  });

  it("HTTP-18 accepts a body of the limit and refuses one byte more", async () => {
    const { send, engine } = createTestApp();
    const padded = (sizeBytes: number): string => {
      const json = JSON.stringify({ ...write, content: "" });
      return json.replace('""', `"${"x".repeat(sizeBytes - json.length)}"`);
    };
    assertEquals((await send({ body: padded(maxOperationBytes) })).status, 200);
    assertEquals((await send({ body: padded(maxOperationBytes + 1) })).status, 413);
    assertEquals(engine.calls.length, 1);
  });

  it("JSON-15 escapes what a browser, terminal or log could act on", async () => {
    const { send } = createTestApp({ decide: () => "deny" });
    // Paths with control characters are refused on the way in; these get through to the answer.
    const file = "a</script>&\u00e9\u4e2d";
    const answer = await send({ body: JSON.stringify({ ...write, affected_files: [file] }) });
    assertEquals(answer.status, 200);
    assertMatch(answer.text, /^[\x20-\x7e]+$/);
    assert(!/[<>&]/.test(answer.text));
    assert(JSON.stringify(answer.json).includes(file));
    assertEquals(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
    assertMatch(answer.headers.get("cache-control") ?? "", /\bno-store\b/);
  });

  it("JSON-15 escapes control and separator characters in refusals", async () => {
    const text = "\u001b[31m\u2028\u202e";
    const failure = new EngineError("audit_unwritable", text);
    const answer = await createTestApp({ failure }).send();
    assertMatch(answer.text, /^[\x20-\x7e]+$/);
    assertEquals(answer.json["detail"], text);
  });

  it("answers an engine failure as a problem that allows nothing", async () => {
    const failure = new EngineError("audit_unwritable", "Cannot write", {
      hint: "Free some space",
    });
    const answer = await createTestApp({ failure }).send();
    assertEquals(answer.status, 503);
    assertEquals(answer.headers.get("content-type"), "application/problem+json; charset=utf-8");
    assertEquals(answer.json, {
      type: "urn:sealward:error:audit_unwritable",
      title: "Audit unwritable",
      status: 503,
      detail: "Cannot write",
      code: "audit_unwritable",
      hint: "Free some space",
      allowed: false,
    });
  });

  it("SEC-01 HTTP-35 keeps an unforeseen failure's text from the answer, on one log line", async () => {
    const { send, logged } = createTestApp({ failure: new Error("secret\n\u001b[2Jforged line") });
    const answer = await send();
    assertEquals([answer.status, answer.json["code"]], [500, "internal"]);
    assert(!answer.text.includes("secret"));
    assertEquals(logged.length, 1);
    assertMatch(logged.join(), /^[\x20-\x7e]+$/);
  });

  it("refuses when the engine gives another number of decisions", async () => {
    const { send, engine } = createTestApp();
    const decision = (await send()).json;
    for (const decisions of [[], [decision, decision]]) {
      Object.assign(engine, { check: () => Promise.resolve(decisions) });
      const batch = { path: "/v1/check/batch", body: JSON.stringify([write]) };
      for (const answer of [await send(), await send(batch)]) {
        assertEquals([answer.status, answer.json["allowed"]], [500, false]);
      }
    }
  });

  it("refuses the call after the last it can hold, and recovers", async () => {
    const gate = Promise.withResolvers<void>();
    const { send } = createTestApp({ gate: gate.promise });
    const held = Array.from({ length: maxConcurrentCalls }, () => send());
    const answer = await send();
    assertEquals([answer.status, answer.json["code"]], [503, "request_busy"]);
    assertEquals(answer.headers.get("retry-after"), "1");
    assertEquals((await send({ path: "/healthz" })).status, 200);
    gate.resolve();
    for (const { status } of await Promise.all(held)) assertEquals(status, 200);
    assertEquals((await send()).status, 200);
  });
});

describe("POST /v1/check/batch", () => {
  const path = "/v1/check/batch";
  const answerTo = (body: unknown): Promise<TestAnswer> =>
    createTestApp().send({ path, body: JSON.stringify(body) });

  for (const [name, body] of [["a list", [write, write]], ["an object", { operations: [write] }]]) {
    it(`takes ${name}`, async () => {
      const answer = await answerTo(body);
      assertEquals([answer.status, answer.json["allowed"]], [200, true]);
      assertEquals(answer.json["schema_version"], 1);
    });
  }

  it("allows all or says no, and keeps the order", async () => {
    const { json } = await answerTo([write, env, write]);
    const decisions = json["decisions"] as readonly { readonly decision: string }[];
    assertEquals(decisions.map(({ decision }) => decision), ["allow", "deny", "allow"]);
    assertEquals(json["allowed"], false);
  });

  for (
    const [name, body, status, code] of [
      ["D6 an empty list", [], 400, "operation_invalid"],
      ["another key beside operations", { operations: [write], x: 1 }, 400, "operation_invalid"],
      ["one operation", write, 400, "operation_invalid"],
      ["null", null, 400, "operation_invalid"],
      ["a length without a list", { operations: { length: 1 } }, 400, "operation_invalid"],
      ["a bad operation among good ones", [write, {}], 400, "operation_invalid"],
      ["too many", Array(maxBatchOperations + 1).fill(write), 413, "operation_too_large"],
    ] as const
  ) {
    it(`refuses ${name}, deciding nothing`, async () => {
      const { send, engine } = createTestApp();
      const answer = await send({ path, body: JSON.stringify(body) });
      assertEquals([answer.status, answer.json["code"]], [status, code]);
      assertEquals(engine.calls, []);
    });
  }

  it("takes as many as the limit", async () => {
    assertEquals((await answerTo(Array(maxBatchOperations).fill(write))).status, 200);
  });
});

describe("GET routes", () => {
  it("/readyz is 200 only for a trusted policy, and says no more", async () => {
    const rows = [
      [createTestApp(), 200, true],
      [createTestApp({ policyStatus: "tampered" }), 503, false],
      [createTestApp({ failure: new EngineError("audit_unwritable", "Full") }), 503, false],
    ] as const;
    for (const [{ send }, status, ready] of rows) {
      const answer = await send({ path: "/readyz" });
      assertEquals([answer.status, answer.json], [status, { ready, allowed: false }]);
    }
  });

  it("WASM-12 /readyz says when every check is denied, and is ready when one may try", async () => {
    const at = (breaker: "closed" | "open" | "half_open", isLost = false) => {
      return { breaker, isLost, waiting: 3 };
    };
    const rows = [
      [at("closed"), 200, { ready: true, allowed: false }],
      [at("open"), 503, { ready: false, allowed: false, reason: "sandbox_breaker_open" }],
      [at("half_open"), 200, { ready: true, allowed: false }],
      [at("closed", true), 503, { ready: false, allowed: false, reason: "sandbox_lost" }],
    ] as const;
    for (const [sandbox, status, body] of rows) {
      const { send } = createTestApp({ sandbox });
      const answer = await send({ path: "/readyz" });
      assertEquals([answer.status, answer.json], [status, body]);
      const { json } = await send({ path: "/v1/status" });
      const { breaker, isLost: is_lost, waiting } = sandbox;
      assertEquals(json["sandbox"], { breaker, is_lost, waiting });
    }
    const untrusted = createTestApp({ sandbox: at("open"), policyStatus: "tampered" });
    const { json } = await untrusted.send({ path: "/readyz" });
    assertEquals(json, { ready: false, allowed: false });
  });

  it("/readyz says that a server has no sandbox for checks that came after its start", async () => {
    const late = createTestApp({ processChecks: 1 });
    const answer = await late.send({ path: "/readyz" });
    const lost = { ready: false, allowed: false, reason: "sandbox_lost" };
    assertEquals([answer.status, answer.json], [503, lost]);
    const sandbox = { breaker: "closed", isLost: false, waiting: 0 } as const;
    for (const app of [{ processChecks: 1, sandbox }, { processChecks: 0 }, {}]) {
      assertEquals((await createTestApp(app).send({ path: "/readyz" })).status, 200);
    }
  });

  it("/readyz closes again by itself, with the breaker", async () => {
    let nowMs = 0;
    const breaker = new Breaker(() => nowMs);
    const { send } = createTestApp({
      sandbox: {
        ...{ isLost: false, waiting: 0 },
        get breaker() {
          return breaker.state;
        },
      },
    });
    const isReady = async () => (await send({ path: "/readyz" })).json["ready"];
    for (const _ of [1, 2, 3]) breaker.died();
    assertEquals(await isReady(), false);
    nowMs = 30_000;
    assertEquals(await isReady(), true);
    breaker.died();
    assertEquals(await isReady(), false);
    nowMs = 60_000;
    breaker.lived();
    assertEquals([await isReady(), breaker.state], [true, "closed"]);
  });

  it("/v1/verify and /v1/audit/verify answer with the report", async () => {
    const { send } = createTestApp({ policyStatus: "tampered" });
    const verify = await send({ path: "/v1/verify" });
    assertEquals([verify.status, verify.json["status"]], [200, "tampered"]);
    const audit = await send({ path: "/v1/audit/verify", headers: asOperator });
    assertEquals([audit.status, audit.json["verdict"]], [200, "OK"]);
  });

  it("/v1/audit/events passes its filter on", async () => {
    const { send, engine } = createTestApp();
    const query = "type=state.policy_accepted&severity=CRITICAL&since=2026-01-01T00:00:00Z" +
      "&until=2027-01-01T00:00:00%2B01:00&after=0&limit=3";
    const answer = await send({ path: `/v1/audit/events?${query}`, headers: asOperator });
    assertEquals([answer.status, (answer.json["entries"] as unknown[]).length], [200, 1]);
    assertEquals(engine.filters, [{
      type: "state.policy_accepted",
      severity: "CRITICAL",
      since: "2026-01-01T00:00:00Z",
      until: "2027-01-01T00:00:00+01:00",
      afterSeq: 0,
      limit: 3,
    }]);
  });

  it("/v1/audit/events takes every filter of the log", async () => {
    const { send, engine } = createTestApp();
    const query = "min_severity=HIGH&agent=b&session=s-1&principal=uid%3A0&decision=deny" +
      "&policy=protected.files&file=src%2F**&since=2h&until=today";
    const answer = await send({ path: `/v1/audit/events?${query}`, headers: asOperator });
    assertEquals(answer.status, 200);
    assertEquals(engine.filters, [{
      limit: 200,
      minSeverity: "HIGH",
      agent: "b",
      session: "s-1",
      principal: "uid:0",
      decision: "deny",
      policy: "protected.files",
      file: "src/**",
      since: "2h",
      until: "today",
    }]);
  });

  for (
    const query of [
      "type=a&type=b",
      "decision=denied",
      "min_severity=high",
      "file=",
      `file=${"x".repeat(1_025)}`,
      `agent=${"x".repeat(257)}`,
      "since=2",
      "minSeverity=HIGH",
      "__proto__=1",
      "severity=high",
      "severity=",
      "since=yesterday",
      "after=-1",
      "after=1e3",
      "limit=0",
      "limit=201",
      "limit=Infinity",
      "type=a%0ab",
      "access_token=x",
    ]
  ) {
    it(`HTTP-27 /v1/audit/events refuses ${query}`, async () => {
      const { send, engine } = createTestApp();
      const answer = await send({ path: `/v1/audit/events?${query}`, headers: asOperator });
      assertEquals([answer.status, answer.json["code"]], [400, "usage"]);
      assertEquals(engine.calls, []);
    });
  }
});

describe("Sealward-Signature", () => {
  const headers = { "sealward-nonce": nonce };

  it("ARCH-06 proves a decision about its operation", async () => {
    const answer = await createTestApp().send({ headers });
    const digest = String(answer.json["operation_digest"]);
    assert(await isProven(answer, [digest]));
    assert(!await isProven(answer, []));
    assert(!await isProven({ ...answer, status: 500 }, [digest]));
    assert(!await isProven({ ...answer, text: answer.text.replace("true", "TRUE") }, [digest]));
  });

  it("ARCH-06 proves a batch, a report and a refusal", async () => {
    const { send } = createTestApp();
    const batch = await send({
      path: "/v1/check/batch",
      body: JSON.stringify([write, env]),
      headers,
    });
    const decisions = batch.json["decisions"] as readonly { readonly operation_digest: string }[];
    assert(await isProven(batch, decisions.map((decision) => decision.operation_digest)));
    assert(await isProven(await send({ path: "/v1/verify", headers }), []));
    const refusal = await send({ body: "{}", headers });
    assertEquals(refusal.status, 400);
    assert(await isProven(refusal, []));
  });

  it("is absent without nonce and for strangers", async () => {
    const { send } = createTestApp();
    const rows = [{}, { ...headers, authorization: null }, { ...headers, host: "evil" }];
    for (const row of rows) {
      assertEquals((await send({ headers: row })).headers.get("sealward-signature"), null);
    }
  });
});

describe("encodeAnswerProof()", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const proof = { nonce, operationDigests: [digest], status: 200, bodySha256Hex: "b".repeat(64) };

  it("is exactly the documented bytes", () => {
    const text = new TextDecoder().decode(
      encodeAnswerProof({ ...proof, operationDigests: [digest, digest] }),
    );
    assertEquals(
      text,
      `sealward-answer-v1\n${nonce}\n${digest},${digest}\n200\n${"b".repeat(64)}\n`,
    );
  });

  for (
    const bad of [
      { nonce: `${nonce}\n` },
      { nonce: "" },
      { operationDigests: [""] },
      { operationDigests: [`${digest},${digest}`] },
      { operationDigests: [`${digest}\n`] },
      { status: 200.5 },
      { status: NaN },
      { bodySha256Hex: "B".repeat(64) },
      { bodySha256Hex: "" },
    ]
  ) {
    it(`refuses ${JSON.stringify(bad).slice(0, 40)}: two fields could be read in it`, () => {
      const error = assertThrows(() => encodeAnswerProof({ ...proof, ...bad }), EngineError);
      assertEquals(error.code, "internal");
    });
  }
});

describe("parseAnswerSignature()", () => {
  const base64 = `${"A".repeat(86)}==`;
  const good = `ed25519;${"0".repeat(16)};${base64}`;
  it("reads exactly one signature", () => {
    assertEquals(parseAnswerSignature(good)?.signature.length, 64);
  });
  for (
    const bad of [
      "",
      `${good}, ${good}`,
      `${good} `,
      good.toUpperCase(),
      good.replace("ed25519", "none"),
      `ed25519;;${base64}`,
      good.slice(0, -1),
    ]
  ) {
    it(`refuses "${bad.slice(0, 30)}" (${bad.length})`, () => {
      assertEquals(parseAnswerSignature(bad), null);
    });
  }
});
