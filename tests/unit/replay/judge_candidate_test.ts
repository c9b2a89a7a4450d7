import { assertEquals } from "@std/assert";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { CandidateMemory } from "../../../src/core/replay/candidate_memory.ts";
import { describe, it } from "@std/testing/bdd";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { toolReader } from "../../../src/core/decision/tool_reader.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { judgeCandidate, knownNames } from "../../../src/core/replay/judge_candidate.ts";
import { entry } from "../report/report_entries.ts";

const then = 'version: "1.0"\nprotected: {files: ["*.env"], secret_files: ["id_rsa"]}\n';
const policyDigest = `sha256:${"1".repeat(64)}`;
const logged: JsonObject = {
  decision: "deny",
  codes: ["path_protected"],
  violated: ["protected.files"],
  principal: "uid:1",
  operation: { type: "file_write", files: ["a.env"] },
  policy_digest: policyDigest,
  input: { root: "/p", paths: [[0, 5]] },
};

function judge(now: string, given: JsonObject = {}, digest = "sha256:another") {
  const policy = parsePolicy(now, "candidate.yaml");
  return judgeCandidate(entry(7, "audit.decision", { ...logged, ...given }), { policy, digest }, {
    kept: { readKept: () => null, keptStatus: () => "missing" },
    memory: new CandidateMemory(sha256),
    known: () => knownNames(policy, parsePolicy(then, "policy.yaml")),
    denials: () => [],
    toolPins: () => [],
    createPlanner: null,
    toolReader,
    measureComplexity: null,
  });
}

function codeOf(now: string, given: JsonObject, digest?: string) {
  const result = judge(now, given, digest);
  return result.status === "unjudged" ? result.code : `${result.from}->${result.to}`;
}

const open = 'version: "1.0"\n';
const stricter = 'version: "1.0"\nprotected: {files: ["*.env", "*.pem"]}\n';

describe("judgeCandidate()", () => {
  it("says what the candidate says, and what was said", () => {
    const result = judge(open);
    assertEquals(result.status, "judged");
    if (result.status !== "judged") return;
    assertEquals([result.from, result.to], ["deny", "allow"]);
    assertEquals([result.fromPolicies, result.toPolicies], [["protected.files"], []]);
    assertEquals(codeOf(stricter, {}), "deny->deny");
    assertEquals(codeOf(then, {}, policyDigest), "deny->deny");
  });

  const linked = {
    input: { root: "/p", paths: [[0, { links: 2, size: 5 }]], links: [["a.env", {}]] },
  };
  const rows: readonly (readonly [what: string, now: string, given: JsonObject, code: string])[] = [
    [
      "what nobody looked at for want of a policy",
      open,
      { codes: ["policy_tampered"] },
      "no_policy",
    ],
    ["an entry older than inputs", open, { engine: "0.0.1", input: null }, "input_missing"],
    ["a file that is gone", open, { input: `sha256:${"2".repeat(64)}` }, "input_missing"],
    ["an operation that was too large", open, { replayable: "too_large" }, "not_replayable"],
    ["one that is another without its secret", open, { replayable: "redacted" }, "not_replayable"],
    ["a covered word", open, { input: { root: "/p", paths: [[0, 5]], covered: true } }, "redacted"],
    ["a size nobody asked for", open, { input: { root: "/p" } }, "input_missing"],
    ["names of a hard link under new patterns", stricter, linked, "input_missing"],
    ["nothing of the disk", open, { input: {} }, "input_missing"],
  ];
  for (const [what, now, given, code] of rows) {
    it(`does not guess: ${what}`, () => assertEquals(codeOf(now, given), code));
  }

  it("uses names of a hard link where the candidate speaks of no other", () => {
    assertEquals(codeOf(open, linked), "deny->allow");
    assertEquals(codeOf('version: "1.0"\nprotected: {files: ["id_rsa"]}\n', linked), "deny->allow");
  });

  it("uses what was recorded for exactly this policy, covered words and all", () => {
    const covered = { input: { root: "/p", paths: [[0, 5]], covered: true } };
    assertEquals(codeOf(then, covered, policyDigest), "deny->deny");
  });
});

describe("knownNames()", () => {
  it("knows what needs no new pattern", () => {
    const known = (now: string, before: string | null = then) =>
      Object.values(
        knownNames(parsePolicy(now, "n"), before === null ? null : parsePolicy(before, "t")),
      );
    assertEquals(known(then), [true, true]);
    assertEquals(known(open), [true, true]);
    assertEquals(known(stricter), [false, false]);
    assertEquals(known('version: "1.0"\nprotected: {files: [id_rsa]}\n'), [false, true]);
    assertEquals(known(open, null), [false, false]);
  });
});
