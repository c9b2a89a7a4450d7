/**
 * Every decision vector down three roads in this process: function, HTTP, library. The fourth, the
 * command line, seals its process and is played on the binary (tests/e2e/decision_roads_test.ts).
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  hmacSha256,
  newSigningKeyPem,
  openSigningKey,
  randomBytes,
  sha256,
} from "../../src/adapter/crypto.ts";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { acceptPolicy } from "../../src/compose/accept_policy.ts";
import { createInstall } from "../../src/compose/create_install.ts";
import { findLayout, readSurroundings } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import { emptyState } from "../../src/core/audit/state.ts";
import { encodeDecision } from "../../src/core/decision/encode_decision.ts";
import { judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { EngineError } from "../../src/core/errors.ts";
import { compareTrust } from "../../src/core/integrity/trust.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { loadPolicy } from "../../src/core/policy/load_policy.ts";
import { createApp } from "../../src/edge/server/create_app.ts";
import { type Operation, TamperResistance } from "../../src/mod.ts";
import {
  type Answer,
  answerOf,
  type DecisionVectors,
  layOut,
  loadDecisionVectors,
  operationAt,
  type Scenario,
} from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";

type Road = (scenario: Scenario) => Promise<Answer>;

/** Answers, or the refusal every road has to make of what is no operation. */
async function answerOrRefusal(ask: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { refused: error.code, exit: error.exit };
  }
}

/** Straight into core: no log, no engine, the real disk. */
function functionRoad(root: string): Road {
  const snapshot = openPolicyStore(findLayout(readSurroundings(), root))();
  const { digest, inputs } = snapshot;
  const disk = openDisk(root);
  return (scenario) =>
    answerOrRefusal(() => {
      const state = {
        ...emptyState,
        accepted: { policy_digest: digest, inputs, seq: 1, at: "2026-11-22T18:00:00.000000Z" },
      };
      const bench = {
        trust: compareTrust(snapshot, state),
        policy: loadPolicy(snapshot).policy,
        stateDigest: "sha256:0",
        attestation: "same_uid",
        disk,
        sha256,
        randomBytes,
      } as const;
      const [judged] = judgeOperations(
        [parseOperation(operationAt(root, scenario))],
        "test",
        bench,
      );
      if (judged === undefined) throw new Error("no judgement");
      const receipt = { seq: 1, mac: "0", at: "2026-11-22T18:00:00.000000Z" };
      const sent = { receipt, elapsedMicros: 0, positions: null, file: "" };
      return answerOf(encodeDecision(judged.judgement, judged.context, sent));
    });
}

/** Through the app, over an engine with a real log. */
function httpRoad(root: string, engine: Awaited<ReturnType<typeof openInstall>>["engine"]): Road {
  const token = "a".repeat(43);
  const host = "127.0.0.1:8787";
  const app = createApp({
    engine,
    tokens: { agent: token, operator: "o".repeat(43) },
    hosts: [host],
    sha256,
    sign: openSigningKey(newSigningKeyPem()).sign,
    keyId: "00000000",
    log: (line) => {
      throw new Error(line);
    },
  });
  return async (scenario) => {
    const response = await app.request(`http://${host}/v1/check`, {
      method: "POST",
      headers: { host, authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(operationAt(root, scenario)),
    });
    const json = await response.json();
    if (response.status === 200) return answerOf(json);
    assertEquals(json.allowed, false);
    return { refused: json.code, exit: json.exit ?? 3 };
  };
}
