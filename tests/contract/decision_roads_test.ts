/**
 * Every decision vector down three roads in this process: function, HTTP, library. The fourth, the
 * command line, seals its process and is played on the binary (tests/e2e/decision_roads_test.ts).
 */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createPlanner, loadPrograms } from "../../src/core/decision/command_planner.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { randomBytes } from "../../src/adapter/random.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { openDisk } from "../../src/adapter/path_resolver.ts";
import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { findLayout, readSurroundings } from "../../src/compose/environment.ts";
import { openInstall } from "../../src/compose/open_install.ts";
import { emptyState, type EngineState, foldState } from "../../src/core/audit/state.ts";
import { failedRun, toCheckRun } from "../../src/core/check/check_run.ts";
import type { RunCheck } from "../../src/core/decision/evidence.ts";
import { decisionEvent, encodeDecision } from "../../src/core/decision/encode_decision.ts";
import { Memory } from "../../src/core/decision/memory.ts";
import { judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { EngineError } from "../../src/core/errors.ts";
import type { PolicySnapshot } from "../../src/core/integrity/policy_snapshot.ts";
import { compareTrust } from "../../src/core/integrity/trust.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { loadPolicy } from "../../src/core/policy/load_policy.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { type Operation, TamperResistance } from "../../src/mod.ts";
import type { Engine } from "../../src/pdp.ts";
import {
  type Answer,
  answerOf,
  createHttpAsk,
  type DecisionVectors,
  earlierAt,
  installVectors,
  loadDecisionVectors,
  operationAt,
  type Scenario,
} from "../support/decision_vectors.ts";
import { Project } from "../support/sealward.ts";

const at = "2026-11-22T18:00:00.000000Z";

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

/** The module itself, without the engine's way to it. */
function runInline({ inputs, files }: PolicySnapshot): RunCheck {
  return ({ file, sha256: pin, abi, entrypoint, result, limits }, request) => {
    const module = files.get(file);
    const isPinned = inputs.some((input) => input.path === file && input.sha256 === pin);
    const run = module === undefined || !isPinned
      ? failedRun("hash_mismatch", "not the pinned one")
      : toCheckRun(loadCheck({ module, abi, entrypoint, result, data: null, limits }).run(request));
    return { run, facts: null, request: "" };
  };
}

/** Straight into core: no log, no engine, the real disk. */
function functionRoad(root: string, accepted: PolicySnapshot | null): Road {
  const snapshot = openPolicyStore(findLayout(readSurroundings(null), root))();
  const trust = compareTrust(snapshot, {
    ...emptyState,
    accepted: accepted === null ? null : {
      policy_digest: accepted.digest,
      inputs: accepted.inputs,
      values_sha256: null,
      seq: 1,
      at,
    },
  });
  const disk = openDisk(root);
  // One session of the engine: scenarios of a file are decided one after the other.
  const memory = new Memory(null, Date.parse(at) * 1_000);
  const runCheck = runInline(snapshot);
  const judge = (operation: JsonObject, { denials }: EngineState) => {
    const bench = {
      trust,
      policy: trust.status === "trusted" ? loadPolicy(snapshot).policy : null,
      stateDigest: "sha256:0",
      attestation: "same_uid",
      disk,
      sha256,
      randomBytes,
      measureComplexity,
      createPlanner,
      toolReader,
      written: new Set<string>(),
      denials,
      memory,
      runCheck,
    } as const;
    const [judged] = judgeOperations([parseOperation(operation)], "test", bench);
    if (judged === undefined) throw new Error("no judgement");
    return judged;
  };
  return (scenario) =>
    answerOrRefusal(() => {
      let state = emptyState;
      const earlier = earlierAt(root, scenario).map((operation, seq) => {
        const { judgement, context } = judge(operation, state);
        const line = { version: 1, key: "0.0", prev: "0", mac: "0", seq, at } as const;
        const entry = { ...decisionEvent(judgement, context), ...line };
        state = foldState(state, entry);
        return context.decisionId;
      });
      const { judgement, context } = judge(operationAt(root, scenario), state);
      const receipt = { seq: earlier.length, mac: "0", at };
      const sent = { receipt, elapsedMicros: 0, positions: null, file: "" };
      return answerOf(encodeDecision(judgement, context, sent), earlier);
    });
}

/** Through the guide's class; every field of the wire has its name in camelCase. */
function libraryRoad(root: string, library: TamperResistance): Road {
  return (scenario) =>
    answerOrRefusal(async () => {
      const earlier: string[] = [];
      for (const operation of earlierAt(root, scenario)) {
        earlier.push((await library.check(inCamelCase(operation))).decisionId);
      }
      const decision = await library.check(inCamelCase(operationAt(root, scenario)));
      const { violatedPolicies, wouldDeny } = decision;
      const wire = { violated_policies: violatedPolicies, would_deny: wouldDeny };
      return answerOf({ ...decision, ...wire }, earlier);
    });
}

/** Vectors hold what a caller without types may pass. */
function inCamelCase(operation: JsonObject): Operation {
  const { affected_files: affectedFiles, correlation_id: correlationId, ...same } = operation;
  const given = {
    ...same,
    ...(affectedFiles === undefined ? {} : { affectedFiles }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  return given as unknown as Operation;
}

/** The app's answer to a scenario and to what came before it. */
function httpRoad(root: string, engine: Engine): Road {
  const ask = createHttpAsk(engine);
  return async (scenario) => {
    const earlier: string[] = [];
    for (const operation of earlierAt(root, scenario)) {
      const answer = await ask(operation);
      if ("refused" in answer) throw new Error(answer.refused);
      earlier.push(answer.decision_id);
    }
    const answer = await ask(operationAt(root, scenario));
    return "refused" in answer ? answer : answerOf(answer, earlier);
  };
}

/** The library reads an unknown type as the name of a tool (README): that is all it may change. */
function expectedOfLibrary({ expect }: Scenario, policy: string): Answer {
  if ("refused" in expect || !expect.codes.includes("operation_unknown")) return expect;
  const swap = (list: readonly string[], from: string, to: string) =>
    list.map((each) => each === from ? to : each).sort();
  const isAsk = expect.codes.length === 1 && policy.includes("on_unverified: ask");
  return {
    ...expect,
    codes: swap(expect.codes, "operation_unknown", "operation_unverified"),
    violated_policies: swap(
      expect.violated_policies,
      "operations.custom",
      "enforcement.on_unverified",
    ),
    ...(isAsk ? { decision: "ask", exit: 4 } : {}),
  };
}

/** On the wire no type; in the library the name of a tool: tests/e2e/guide_test.ts has these. */
function isToolName({ operation }: Scenario): boolean {
  const { type } = operation as { readonly type?: unknown };
  return typeof type === "string" && /^[A-Za-z][A-Za-z0-9_.:/-]*$/.test(type) &&
    /[A-Z/]/.test(type);
}

/** Plays all scenarios on one road before it fails, so that a failure shows every wrong one. */
async function play(
  vectors: DecisionVectors,
  road: Road,
  expected: (scenario: Scenario) => Answer = ({ expect }) => expect,
): Promise<void> {
  const wrong: Record<string, unknown> = {};
  for (const scenario of vectors.scenarios) {
    const got = await road(scenario);
    const wanted = expected(scenario);
    if (textOf(got) !== textOf(wanted)) wrong[scenario.name] = { got, wanted };
  }
  assertEquals(wrong, {});
}

/** Members in one order: roads and vectors write them in others. */
function textOf(answer: Answer): string {
  return JSON.stringify(Object.entries(answer).sort());
}

describe("vectors/decision", () => {
  for (const vectors of loadDecisionVectors()) {
    it(`${vectors.name}: ${vectors.scenarios.length} scenarios down three roads`, async (t) => {
      using project = new Project();
      // Where state lives when this does not run as root; XDG_STATE_HOME would lead elsewhere.
      Deno.env.set("HOME", project.home);
      Deno.env.delete("XDG_STATE_HOME");
      const accepted = await installVectors(project, vectors);
      await loadPrograms();
      await t.step("function", () => play(vectors, functionRoad(project.root, accepted)));
      await t.step("HTTP", async () => {
        const request = { root: project.root, role: "library" } as const;
        const install = await openInstall(readSurroundings(null), request);
        await play(vectors, httpRoad(project.root, install.engine));
        await install.close();
      });
      await t.step("library", async () => {
        const library = new TamperResistance(project.path(".scalpel/policy.yaml"));
        const expected = (scenario: Scenario) => expectedOfLibrary(scenario, vectors.policy);
        const scenarios = vectors.scenarios.filter((scenario) => !isToolName(scenario));
        await play({ ...vectors, scenarios }, libraryRoad(project.root, library), expected);
        await library.close();
      });
    });
  }
});

describe("loadDecisionVectors()", () => {
  const scenario = { name: "n", operation: {}, expect: { refused: "operation_invalid", exit: 3 } };
  const file = { policy: "guide", disk: [], scenarios: [scenario] };
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ["nothing", null, {}],
    ["another count than the manifest's", file, { one: 2 }],
    ["a file the manifest does not know", file, {}],
    ["a file the manifest misses", null, { one: 1 }],
    ["no scenario", { ...file, scenarios: [] }, { one: 0 }],
    ["an unknown key", { ...file, polcy: "" }, { one: 1 }],
    ["an unknown key of a scenario", { ...file, scenarios: [{ ...scenario, x: 1 }] }, { one: 1 }],
    ["a thing on the disk that is two", {
      ...file,
      disk: [{ path: "a", bytes: 1, folder: true }],
    }, { one: 1 }],
    ["a name that stands twice", { ...file, scenarios: [scenario, scenario] }, { one: 2 }],
    ["a missing part", { policy: "guide", disk: [] }, { one: 1 }],
  ];
  const load = (vectors: unknown, manifest: unknown) => {
    const folder = Deno.makeTempDirSync({ prefix: "sealward-vectors-" });
    try {
      Deno.mkdirSync(`${folder}/decision`);
      const text = JSON.stringify(vectors);
      if (vectors !== null) Deno.writeTextFileSync(`${folder}/decision/one.json`, text);
      Deno.writeTextFileSync(`${folder}/decision_manifest.json`, JSON.stringify(manifest));
      return loadDecisionVectors(new URL(`file://${folder}/`));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
  it("loads a file that is right", () => assertEquals(load(file, { one: 1 }).length, 1));
  for (const [name, vectors, manifest] of rows) {
    it(`fails on ${name}`, () => {
      assertThrows(() => load(vectors, manifest));
    });
  }
});
