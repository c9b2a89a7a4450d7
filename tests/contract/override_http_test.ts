/** Approvals over HTTP, from denial to use, on the real engine and log. */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { type ApproverClient, createApproverClient } from "../../src/approver_client.ts";
import { type Client, createClient } from "../../src/client.ts";
import { timeOutRequest } from "../../src/compose/time_out_request.ts";
import { EngineError } from "../../src/core/errors.ts";
import { encodeKeyId } from "../../src/core/integrity/answer_proof.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { createApp } from "../../src/edge/server/create_app.ts";
import type { Decision } from "../../src/core/decision/decision.ts";
import type { SentApproval } from "../../src/core/override/approval_body.ts";
import {
  inOverrideProject,
  offered,
  type OverrideProject,
  type Person,
  writing,
} from "../support/override_project.ts";
import { host, tokens } from "../support/test_app.ts";

interface Roads {
  readonly agent: Client;
  readonly operator: Client;
  readonly approver: ApproverClient;
  readonly logged: readonly string[];
  /** Bytes and headers of every answer so far. */
  readonly answers: readonly string[];
}

function roadsTo({ engine }: OverrideProject): Roads {
  const key = openSigningKey(newSigningKeyPem());
  const logged: string[] = [];
  const answers: string[] = [];
  const app = createApp({
    engine,
    tokens,
    hosts: [host],
    sha256,
    sign: key.sign,
    keyId: encodeKeyId(sha256(key.publicKey)),
    log: (line) => logged.push(line),
  });
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const request = new Request(url, init);
    request.headers.set("host", host);
    const response = await app.fetch(request);
    answers.push(JSON.stringify([response.status, await response.clone().text()]));
    return response;
  };
  const peer = { url: `http://${host}`, publicKey: key.publicKey, timeoutMs: 20_000, fetch };
  return {
    agent: createClient({ ...peer, token: tokens.agent }),
    operator: createClient({ ...peer, token: tokens.operator }),
    approver: createApproverClient({ ...peer, token: tokens.approver }),
    logged,
    answers,
  };
}

async function codeOf(asking: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(asking, EngineError)).code;
}

function approvalOf(
  denied: Decision,
  code: string,
  more: Partial<SentApproval> = {},
): SentApproval {
  const { request_id: requestId, phrase } = offered(denied);
  const proof = { kind: "totp", approver: "ada", code } as const;
  return { requestId, phrase, justification: "seen", grant: { kind: "once" }, proof, ...more };
}

/** A code of six digits that is none of the person's around now. */
function wrongCode({ code }: Person): string {
  const near = [-60, -30, 0, 30, 60].map((seconds) => code(Date.now() / 1000 + seconds));
  return ["000000", "111111", "222222", "333333", "444444", "555555"]
    .find((digits) => !near.includes(digits)) ?? "666666";
}

describe("approvals over HTTP", () => {
  it("go from denial to one allowed operation, and no further", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver, logged } = roadsTo(given);
      const denied = await agent.check(writing());
      const { request_id: requestId, phrase } = offered(denied);
      const asked = { requestId, decisionId: denied.decision_id, operation: writing() };
      assertEquals((await agent.requestOverride(asked)).status, "pending");
      const shown = await approver.show(requestId);
      assertEquals([shown.phrase, shown.document.principal], [phrase, "token:agent"]);
      assertEquals((await approver.list()).pending.map(({ request_id: id }) => id), [requestId]);
      const granted = await approver.approve(approvalOf(denied, ada.code()));
      assertEquals([granted.status, granted.approved_by], ["approved", "ada"]);
      const task = await agent.overrideTask(requestId);
      assertEquals([task.status, task.result?.mode], ["approved", "reevaluate"]);
      assert(await agent.isOverrideValid(task.result?.override_id ?? ""));
      const allowed = await agent.check(writing());
      assertEquals([allowed.decision, allowed.override?.status], ["allow", "granted"]);
      assertEquals((await agent.overrideTask(requestId)).status, "expired");
      assertEquals(await agent.isOverrideValid(task.result?.override_id ?? ""), false);
      assertEquals((await agent.check(writing())).decision, "deny");
      assertEquals(logged, []);
    });
  });

  it("BIND-12 know nothing of another principal's request", async () => {
    await inOverrideProject(async (given) => {
      const { agent, operator, answers } = roadsTo(given);
      const { request_id: id } = offered(await agent.check(writing()));
      assertEquals(await codeOf(() => operator.overrideTask(id)), "override_unknown");
      assertEquals(await codeOf(() => operator.overrideTask("0".repeat(32))), "override_unknown");
      assertEquals(answers.at(-1), answers.at(-2));
      assertEquals(
        await codeOf(() => operator.cancelOverride(id, "cancelled")),
        "override_unknown",
      );
      const asked = { requestId: id, operation: writing() };
      assertEquals(await codeOf(() => operator.requestOverride(asked)), "operation_invalid");
      assertEquals((await agent.overrideTask(id)).status, "pending");
    });
  });

  it("BIND-01 confirm no request for another operation", async () => {
    await inOverrideProject(async (given) => {
      const { agent } = roadsTo(given);
      const { request_id: requestId } = offered(await agent.check(writing()));
      const asked = { requestId, operation: writing("b.env") };
      assertEquals(await codeOf(() => agent.requestOverride(asked)), "operation_invalid");
    });
  });

  it("TOTP-23 refuse a wrong code, phrase and request in the same bytes, and say why in the log", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver, answers, logged } = roadsTo(given);
      const denied = await agent.check(writing());
      const wrong = wrongCode(ada);
      const rows = [
        approvalOf(denied, wrong),
        approvalOf(denied, wrong, { requestId: "0".repeat(32) }),
        approvalOf(denied, ada.code(), { phrase: "00000-00000" }),
      ];
      for (const row of rows) {
        assertEquals(await codeOf(() => approver.approve(row)), "override_rejected");
      }
      assertEquals(new Set(answers.slice(-3)).size, 1);
      assertEquals((await agent.check(writing())).decision, "deny");
      const causes = await given.entries("INVALID_OVERRIDE_CODE");
      assertEquals(causes.length, 3);
      assert(causes.every(({ details }) => details["channel"] === "server"));
      const log = JSON.stringify(await given.engine.readEvents({ limit: 200 }));
      for (const code of [wrong, ada.code()]) {
        assert(![...answers, ...logged].some((text) => text.includes(code)));
        assert(!log.includes(`"${code}"`));
      }
    });
  });

  it("TOTP-09 TOTP-11 lock after five wrong codes, say until when, and lock no other road", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver } = roadsTo(given);
      const denied = await agent.check(writing());
      const guess = () => approver.approve(approvalOf(denied, wrongCode(ada)));
      for (let i = 0; i < 5; i++) assertEquals(await codeOf(guess), "override_rejected");
      const right = () => approver.approve(approvalOf(denied, ada.code()));
      assertEquals(await codeOf(right), "override_locked");
      const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
      const status = await given.engine.overrides.approve(given.approval(denied, { proof }));
      assertEquals(status.status, "approved");
    });
  });

  it("TOTP-08 RACE-08 grant once for fifty submissions of one code at once", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver } = roadsTo(given);
      const denied = await agent.check(writing());
      const approval = approvalOf(denied, ada.code());
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () => approver.approve(approval)),
      );
      assertEquals(results.filter(({ status }) => status === "fulfilled").length, 1);
      assertEquals((await given.entries("state.override_granted")).length, 1);
      const decisions = await agent.checkAll([writing(), writing()]);
      assertEquals(decisions.filter(({ allowed }) => allowed).length, 1);
    });
  });

  it("keep an answer that came before the asker gave up", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver } = roadsTo(given);
      const denied = await agent.check(writing());
      const { request_id: id } = offered(denied);
      await approver.approve(approvalOf(denied, ada.code()));
      assertEquals((await timeOutRequest(agent, id)).status, "approved");
      assertEquals((await agent.check(writing())).decision, "allow");
      const { request_id: second } = offered(await agent.check(writing()));
      assertEquals((await timeOutRequest(agent, second)).status, "expired");
      const unknown = () => timeOutRequest(agent, "0".repeat(32));
      assertEquals(await codeOf(unknown), "override_unknown");
    });
  });

  it("BIND-16 end with a no, a cancel and a revocation", async () => {
    await inOverrideProject(async (given) => {
      const ada = await given.enrol("ada");
      const { agent, approver } = roadsTo(given);
      const first = await agent.check(writing());
      const { request_id: firstId } = offered(first);
      assertEquals((await approver.deny(firstId, "not today")).status, "denied");
      assertEquals((await agent.overrideTask(firstId)).status, "denied");
      assertEquals(
        await codeOf(() => approver.approve(approvalOf(first, ada.code()))),
        "override_rejected",
      );
      const second = await agent.check(writing());
      const { request_id: secondId } = offered(second);
      assertNotEquals(secondId, firstId);
      assertEquals((await agent.cancelOverride(secondId, "timeout")).status, "expired");
      assertEquals(await codeOf(() => approver.show(secondId)), "override_unknown");
      const third = await agent.check(writing());
      // The code tried above is spent or counted: a recovery code has no such past.
      const proof = { kind: "recovery", approver: "ada", code: ada.recovery[0] ?? "" } as const;
      const { override_id: grant } = await approver.approve(approvalOf(third, "", { proof }));
      assertEquals((await approver.revoke(grant ?? "", "changed my mind")).status, "revoked");
      const task = await agent.overrideTask(offered(third).request_id);
      assertEquals([task.status, task.override_status], ["denied", "revoked"]);
      assertEquals((await agent.check(writing())).decision, "deny");
      const denials = await given.entries("OVERRIDE_DENIED");
      assertEquals(denials[0]?.details["by"], "token:approver");
    });
  });
});
