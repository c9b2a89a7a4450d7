import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import {
  encodeAnswerProof,
  encodeReport,
  parseAnswerSignature,
} from "../../../src/core/integrity/answer_proof.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxLabelCharacters, maxOutcomeBytes } from "../../../src/core/limits.ts";
import { fakeAlarm } from "../../support/fake_engine.ts";
import { createTestApp, nonce, publicKey, tokens, write } from "../../support/test_app.ts";

const done = { correlation_id: "id-1", session: "s", tool: "Write", status: "done" };
const hexOf = (bytes: Uint8Array) => encodeHex(sha256(bytes));

describe("POST /v1/outcome", () => {
  const path = "/v1/outcome";

  it("records the outcome and looks at the protected files near by", async () => {
    const { send, engine } = createTestApp();
    const answer = await send({ path, body: JSON.stringify(done) });
    assertEquals(answer.status, 200);
    assertEquals(answer.json, { schema_version: 1, decision_seq: 17, alarms: [] });
    assertEquals(engine.calls, [
      'recordOutcome token:agent {"correlationId":"id-1","session":"s","tool":"Write",' +
      '"status":"done"}',
      "observeProtected token:agent near",
    ]);
  });

  it("takes the longest labels there are", async () => {
    const label = "\u{1f600}".repeat(maxLabelCharacters / 2);
    const body = JSON.stringify({ ...done, correlation_id: label, session: label, tool: label });
    const escaped = body.replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16)}`,
    );
    assertEquals((await createTestApp().send({ path, body: escaped })).status, 200);
  });

  for (
    const [name, body, status] of [
      ["no JSON", "done", 400],
      ["nothing", "", 400],
      ["a list", JSON.stringify([done]), 400],
      ["an unknown field", JSON.stringify({ ...done, allowed: true }), 400],
      ["a duplicate key", '{"correlation_id":"a","correlation_id":"b","status":"done"}', 400],
      ["trailing data", `${JSON.stringify(done)}{}`, 400],
      ["no correlation id", JSON.stringify({ ...done, correlation_id: null }), 400],
      ["an empty correlation id", JSON.stringify({ ...done, correlation_id: "" }), 400],
      ["a number for an id", JSON.stringify({ ...done, correlation_id: 1 }), 400],
      ["an unknown status", JSON.stringify({ ...done, status: "ok" }), 400],
      ["no status", JSON.stringify({ ...done, status: undefined }), 400],
      ["a control character", JSON.stringify({ ...done, session: "a\u001bb" }), 400],
      ["a long label", JSON.stringify({ ...done, tool: "x".repeat(257) }), 400],
      ["a large body", `${" ".repeat(maxOutcomeBytes)}${JSON.stringify(done)}`, 413],
    ] as const
  ) {
    it(`refuses ${name}, recording nothing`, async () => {
      const { send, engine } = createTestApp();
      const answer = await send({ path, body });
      assertEquals([answer.status, answer.json["allowed"]], [status, false]);
      assertEquals(engine.calls, []);
    });
  }

  it("fails when the log does: an alarm that cannot be written is an error", async () => {
    const { send } = createTestApp({ failure: new EngineError("audit_unwritable", "Full") });
    const answer = await send({ path, body: JSON.stringify(done) });
    assertEquals([answer.status, answer.json["code"]], [503, "audit_unwritable"]);
  });

  it("signs the answer to exactly this report", async () => {
    const body = JSON.stringify(done);
    const headers = { "sealward-nonce": nonce };
    const answer = await createTestApp().send({ path, body, headers });
    const signed = parseAnswerSignature(answer.headers.get("sealward-signature") ?? "");
    const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), "Ed25519", false, [
      "verify",
    ]);
    const verify = (text: string, at: string = path) => {
      const proof = encodeAnswerProof({
        nonce,
        operationDigests: [`sha256:${hexOf(encodeReport(at, text))}`],
        status: 200,
        bodySha256Hex: hexOf(new TextEncoder().encode(answer.text)),
      });
      return crypto.subtle.verify("Ed25519", key, signed?.signature ?? new Uint8Array(), proof);
    };
    assertEquals(await verify(body), true);
    assertEquals(await verify(JSON.stringify({ ...done, status: "failed" })), false);
    assertEquals(await verify(body, "/v1/settle"), false);
  });
});

describe("POST /v1/settle", () => {
  const path = "/v1/settle";

  it("settles the session and looks at all protected files", async () => {
    const { send, engine } = createTestApp();
    const body = JSON.stringify({ session: "s", reason: "stop" });
    const headers = { authorization: `Bearer ${tokens.operator}` };
    const answer = await send({ path, body, headers });
    assertEquals(answer.json, { schema_version: 1, alarms: [{ ...fakeAlarm }] });
    assertEquals(engine.calls, [
      'settle token:operator {"session":"s","reason":"stop"}',
      "observeProtected token:operator whole",
    ]);
  });

  it("takes null for operations that named no session, but not its absence", async () => {
    const { send, engine } = createTestApp();
    assertEquals((await send({ path, body: '{"session":null}' })).status, 200);
    assertEquals(engine.calls.length, 2);
    assertEquals((await send({ path, body: "{}" })).status, 400);
    assertEquals((await send({ path, body: '{"session":"s","x":1}' })).status, 400);
    assertEquals(engine.calls.length, 2);
  });
});

describe("POST /v1/check that promises an outcome", () => {
  const ask = async (path: string, body: string) => {
    const { send, engine } = createTestApp();
    const { status } = await send({ path, body });
    return [status, ...engine.calls];
  };
  const text = JSON.stringify(write);
  const yes = "check token:agent file_write expecting an outcome";

  it("takes the operation wrapped, alone and in a batch", async () => {
    const one = `{"operation":${text},"expects_outcome":true}`;
    assertEquals(await ask("/v1/check", one), [200, yes]);
    const more = `{"operations":[${text}],"expects_outcome":true}`;
    assertEquals(await ask("/v1/check/batch", more), [200, yes]);
    const plain = [200, "check token:agent file_write"];
    assertEquals(await ask("/v1/check", `{"operation":${text}}`), plain);
    assertEquals(await ask("/v1/check/batch", `{"operations":[${text}]}`), plain);
  });

  for (
    const [name, body] of [
      ["false", `{"operation":${text},"expects_outcome":false}`],
      ["another field", `{"operation":${text},"allowed":true}`],
      ["an operation around it", `{"operation":${text},"type":"file_read"}`],
      ["two operations", `{"operation":${text},"operation":${text}}`],
      ["a list", `{"operation":[${text}],"expects_outcome":true}`],
      [
        "the promise inside the operation",
        `{"type":"file_write","affected_files":["a"],` +
        '"expects_outcome":true}',
      ],
      ["a wrapper in a wrapper", `{"operation":{"operation":${text}}}`],
    ] as const
  ) {
    it(`refuses ${name}, deciding nothing`, async () => {
      assertEquals(await ask("/v1/check", body), [400]);
    });
  }

  it("decides a plain operation that has the word in it", async () => {
    const body = JSON.stringify({ ...write, metadata: { operation: "operation" } });
    assertEquals(await ask("/v1/check", body), [200, "check token:agent file_write"]);
  });
});
