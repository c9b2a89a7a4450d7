/**
 * A candidate policy on random decisions: the same policy changes nothing, and law D4: protecting
 * more never allows what was stopped. What is not known is never called the same.
 */
import { assert, assertEquals } from "@std/assert";
import { CandidateMemory } from "../../src/core/replay/candidate_memory.ts";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import { createPlanner, loadPrograms } from "../../src/core/decision/command_planner.ts";
import { redact } from "../../src/core/decision/redacted.ts";
import { encodeVerdict, loggedSeverity } from "../../src/core/decision/encode_decision.ts";
import {
  type Bench,
  judgeOperations,
  type JudgeOptions,
} from "../../src/core/decision/judge_operations.ts";
import { planInput } from "../../src/core/decision/plan_input.ts";
import { summariseOperation } from "../../src/core/decision/summarise_operation.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import type { JsonObject, Operation } from "../../src/core/operation/operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import {
  type CandidateResult,
  judgeCandidate,
  knownNames,
} from "../../src/core/replay/judge_candidate.ts";
import { benchOf, operationOf, policy, tree, wire } from "../support/replay_worlds.ts";
import { chooseSeed } from "../support/seeded.ts";

/** The entry a decision would leave, as far as a replay reads it. */
function entryOf(operation: Operation, bench: Bench, options: JudgeOptions): Entry {
  const [judged] = judgeOperations([operation], "uid:1", { ...bench, ...options });
  assert(judged !== undefined);
  const { judgement, context, evidence } = judged;
  const redacted = redact(context.operation);
  for (const text of evidence.texts.values()) {
    if (text !== null) redacted.redaction.learn(text, "words");
  }
  const planned = planInput(
    { operation: context.operation, redacted, evidence, options },
    sha256,
  );
  assert(planned !== null);
  const details: JsonObject = JSON.parse(JSON.stringify({
    ...encodeVerdict(judgement),
    principal: "uid:1",
    operation: summariseOperation(redacted.operation),
    policy_digest: bench.trust.policyDigest,
    input: planned.input,
  }));
  const hex = "0".repeat(64);
  return {
    version: 1,
    seq: 7,
    key: "00000000.0",
    at: "2026-11-22T18:00:00.000000Z",
    prev: hex,
    mac: hex,
    type: "audit.decision",
    severity: loggedSeverity(judgement),
    details,
  };
}

function judgeAgain(entry: Entry, before: string, now: string, digest: string): CandidateResult {
  const candidate = { policy: parsePolicy(now, "candidate.yaml"), digest };
  return judgeCandidate(entry, candidate, {
    kept: { readKept: () => null, keptStatus: () => "missing" },
    memory: new CandidateMemory(sha256),
    known: () => knownNames(candidate.policy, parsePolicy(before, "policy.yaml")),
    denials: () => [],
    toolPins: () => [],
    createPlanner,
    toolReader,
    measureComplexity,
  });
}

function withPattern(text: string, list: "files" | "secret_files", pattern: string): string {
  const start = `  ${list}: [`;
  return text.replace(start, `${start}${JSON.stringify(pattern)},`).replace(",]", "]");
}

/** Mostly without secrets: what is covered is not judged. */
const plain = fc.tuple(wire, fc.nat(9)).map(([given, n]): Record<string, unknown> => {
  if (n === 0) return given;
  const { tool, metadata, diff, command } = given;
  const { password: _, ...input } = tool?.input ?? {};
  return {
    ...given,
    metadata: "url" in metadata ? {} : metadata,
    diff: diff?.replace(/token: .*/, "c"),
    tool: tool && { ...tool, input },
    command: /TOKEN|echo|PASSWORD/.test(command) ? "rm -rf a && cp b/c a" : command,
  };
});
/** What is mostly allowed, so that a pattern more has something to stop. */
const simple = fc.record({
  type: fc.constantFrom("file_write", "file_read", "file_delete"),
  affected_files: fc.tuple(fc.constantFrom("a/c", "b", "c", "run.sh", "x.env", "d/e.sh")),
}) as fc.Arbitrary<Record<string, unknown>>;
const given = fc.oneof(plain, simple);
const asked = fc.constantFrom<JudgeOptions>({}, {}, { unmeasured: "unverified" }, {
  scope: "protected_files",
});
const added = fc.tuple(
  fc.constantFrom("files" as const, "secret_files" as const),
  fc.constantFrom("*.sh", "c", "a/", "**/x.env", "/b", "*", "run.sh", "caf\u00e9"),
);

describe("laws of backtests", () => {
  it("a candidate that is the logged policy flips nothing and judges everything", async () => {
    await loadPrograms();
    const seed = chooseSeed("backtests, same policy");
    let [same, short] = [0, 0];
    fc.assert(
      fc.property(given, policy, tree, asked, (given, text, on, how) => {
        const bench = benchOf(text, on);
        const entry = entryOf(operationOf(given), bench, how);
        const { input } = entry.details;
        // A word that is gone may lead elsewhere: the engine then marks the entry itself.
        const isCovered = Object(input).covered === true;
        const result = judgeAgain(entry, text, text, bench.trust.policyDigest);
        if (isCovered) {
          short++;
          return;
        }
        assert(result.status === "judged", JSON.stringify(result));
        assertEquals(result.from, result.to);
        same++;
      }),
      { numRuns: 800, seed },
    );
    assert(same > 4 * short, `seed ${seed}: ${short} of 800 had a covered word`);
  });

  it("D4 protecting one more pattern never allows what was denied or asked about", async () => {
    await loadPrograms();
    const seed = chooseSeed("backtests, flips");
    const seen = { same: 0, stricter: 0, unjudged: 0 };
    fc.assert(
      fc.property(given, policy, tree, asked, added, (given, text, on, how, [list, pattern]) => {
        const bench = benchOf(text, on);
        const entry = entryOf(operationOf(given), bench, how);
        const now = withPattern(text, list, pattern);
        const result = judgeAgain(entry, text, now, "sha256:another");
        if (result.status === "unjudged") {
          seen.unjudged++;
          return;
        }
        const rank = { allow: 0, ask: 1, deny: 2 };
        assert(rank[result.to] >= rank[result.from], `${result.from} -> ${result.to}\n${now}`);
        if (result.to === result.from) seen.same++;
        else seen.stricter++;
      }),
      { numRuns: 1_500, seed },
    );
    const text = `seed ${seed}: ${JSON.stringify(seen)}`;
    assert(seen.same > 300 && seen.stricter > 20 && seen.unjudged > 10, text);
  });

  it("says of a candidate what deciding anew on the same disk says, or nothing", async () => {
    await loadPrograms();
    const seed = chooseSeed("backtests, judged");
    let judged = 0;
    fc.assert(
      fc.property(given, policy, policy, tree, asked, (given, text, now, on, how) => {
        const operation = operationOf(given);
        const entry = entryOf(operation, benchOf(text, on), how);
        const result = judgeAgain(entry, text, now, "sha256:another");
        if (result.status === "unjudged") return;
        judged++;
        const truth = entryOf(operation, benchOf(now, on), how);
        assertEquals(result.to, truth.details["decision"], `${text}\n-> ${now}`);
      }),
      { numRuns: 1_500, seed },
    );
    assert(judged > 600, `seed ${seed}: ${judged} of 1,500 judged`);
  });
});
