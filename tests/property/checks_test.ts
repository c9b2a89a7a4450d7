/** WASM-10: a check only ever adds. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import type { CheckOutcome } from "../../src/core/check/check_job.ts";
import { checkFailureCodes } from "../../src/core/check/check_failure.ts";
import { toCheckRun } from "../../src/core/check/check_run.ts";
import type { Judgement } from "../../src/core/decision/decision.ts";
import type { RunCheck } from "../../src/core/decision/evidence.ts";
import { judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { Json } from "../../src/core/operation/operation.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { compilePolicy } from "../../src/core/policy/compile_policy.ts";
import { severities } from "../../src/core/policy/policy.ts";
import { createFakeDisk } from "../support/fake_disk.ts";
import { testSeed } from "../support/seeded.ts";

const root = "/p/root";
const files = ["a", "b/c", "x.env", "secret", ".scalpel/policy.yaml", "../out"];
const types = ["file_write", "file_write", "file_read", "file_delete", "tool_call", "odd_type"];

/** Every key with whatever there is to say; what compilePolicy would refuse is never made. */
const condition = fc.record(
  {
    files: fc.uniqueArray(fc.constantFrom("a", "*.env", "b/", "*"), { minLength: 1, maxLength: 2 }),
    verbs: fc.uniqueArray(fc.constantFrom("read", "write", "delete", "create"), { minLength: 1 }),
    types: fc.uniqueArray(fc.constantFrom("file_write", "file_read", "tool_call"), {
      minLength: 1,
    }),
  },
  { requiredKeys: [] },
).filter((match) => Object.keys(match).length > 0);

const rule = fc.record({
  match: condition,
  effect: fc.constantFrom("deny", "ask", "warn"),
  mode: fc.constantFrom("enforce", "observe"),
}, { requiredKeys: ["match", "effect"] });

const check = fc.record({
  effect: fc.constantFrom("deny", "ask"),
  severity: fc.constantFrom(...severities),
  isolation: fc.constantFrom("process", "inline"),
  match: condition,
}, { requiredKeys: ["effect", "severity"] });

const policy = fc.record({
  enforcement: fc.record({
    enabled: fc.constantFrom(true, true, true, false),
    mode: fc.constantFrom("enforce", "enforce", "enforce", "observe"),
    default: fc.constantFrom("allow", "allow", "allow", "deny"),
    fail_closed: fc.boolean(),
  }),
  protected: fc.record({
    files: fc.uniqueArray(fc.constantFrom("*.env", "secret", "b/"), { maxLength: 2 }),
    operations: fc.uniqueArray(fc.constantFrom("delete"), { maxLength: 1 }),
  }),
  limits: fc.record({ max_files_per_operation: fc.integer({ min: 1, max: 4 }) }),
  rules: fc.array(rule, { maxLength: 2 }).map(named("r")),
});

const pinned = { file: "m.wasm", sha256: "ab".repeat(32), abi: "native-1" };

const checks = fc.array(check, { minLength: 1, maxLength: 3 }).map((given) =>
  named("c")(given).map((one) => ({ ...one, ...pinned }))
);

function named(letter: string) {
  return <T extends object>(list: readonly T[]) =>
    list.map((one, index) => ({ id: `${letter}${index}`, ...one }));
}

const operation = fc.record({
  type: fc.constantFrom(...types),
  affected_files: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(["a"], ["b/c"], ["x.env"]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...files), { maxLength: 4 }) },
  ),
  content: fc.constantFrom("", "text", "allow"),
}).filter(({ affected_files }) => affected_files.length > 0);

const word = fc.oneof(fc.constantFrom("allow", "ok", "true", "permit_all"), fc.string());
const violation = fc.record({
  code: fc.constantFrom("allow", "bad", "x.y"),
  message: word,
  severity: fc.constantFrom(null, ...severities),
  path: fc.constantFrom(null, ...files),
  details: fc.constantFrom(null, { allow: true }, { decision: "allow" }),
});

/** What a sandbox gave: in the agreed form, too much of it, failures, and codes nobody knows. */
const outcome = fc.oneof(
  fc.record({
    status: fc.constant("ok"),
    violations: fc.oneof(
      { weight: 9, arbitrary: fc.array(violation, { maxLength: 4 }) },
      { weight: 1, arbitrary: violation.map((one) => Array.from({ length: 10_000 }, () => one)) },
    ),
    fuel: fc.nat(),
    log: word,
  }),
  fc.record({
    status: fc.constant("failed"),
    code: fc.constantFrom(...checkFailureCodes, "allow", "ok", ""),
    message: word,
    fuel: fc.nat(),
  }),
) as fc.Arbitrary<CheckOutcome>;

function judge(values: object, asked: object, runCheck: RunCheck | null): Judgement {
  const [judged] = judgeOperations([parseOperation(asked)], "uid:1", {
    policy: compilePolicy({ version: "1.0", ...values } as Json),
    trust: { status: "trusted", policyDigest: "", message: "", changed: [] },
    disk: createFakeDisk(root, { [`${root}/a`]: { kind: "file", bytes: 3 } }),
    createPlanner: null,
    toolReader,
    measureComplexity,
    written: new Set(),
    denials: [],
    randomBytes: (count) => new Uint8Array(count),
    stateDigest: "",
    attestation: "same_uid",
    runCheck,
    sha256,
  });
  if (judged === undefined) throw new Error("nothing was judged");
  return judged.judgement;
}

function isFailure(given: CheckOutcome | undefined): boolean {
  return given?.status !== "ok" || given.violations.length > 100;
}

/** 0 for nothing, 1 asks, 2 denies. */
function readPlainly(given: CheckOutcome | undefined, effect: string): number {
  if (isFailure(given)) return 2;
  if (given?.status !== "ok" || given.violations.length === 0) return 0;
  return effect === "ask" ? 1 : 2;
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const;
const idsOf = ({ findings }: Judgement) => new Set(findings.map(({ policy }) => policy));

function compare(without: Judgement, found: Judgement): void {
  assert(strictness[found.verdict] >= strictness[without.verdict], "more permissive");
  // Default deny is said where nothing else denies.
  const kept = [...idsOf(without)].filter((id) => id !== "enforcement.default");
  assert(kept.every((id) => idsOf(found).has(id)), "a finding is gone");
  if (!idsOf(without).has("enforcement.default")) {
    const rankOf = ({ severity }: Judgement) => severities.indexOf(severity);
    assert(rankOf(found) >= rankOf(without), "less severe");
  }
  if (without.verdict !== "allow" && !without.overridable) {
    assertEquals(found.overridable, false, "what nobody may approve may be approved");
  }
  if (without.wouldDeny && found.verdict === without.verdict) assert(found.wouldDeny);
}

describe("WASM-10 checks", () => {
  const seed = testSeed;

  it(`only ever add, whatever they say (seed ${seed})`, () => {
    let stricter = 0;
    const outcomes = fc.array(outcome, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(policy, checks, operation, outcomes, (values, added, asked, given) => {
        const without = judge(values, asked, null);
        const runCheck: RunCheck = ({ id }) => ({
          run: toCheckRun(given[Number(id.slice(1))] as CheckOutcome),
          facts: null,
          request: "",
        });
        const found = judge({ ...values, checks: added }, asked, runCheck);
        compare(without, found);
        if (found.verdict !== without.verdict) stricter++;
      }),
      { seed, numRuns: 1_500 },
    );
    // INVARIANT: the property would hold of checks that are never asked.
    assert(stricter > 50, `only ${stricter} were stricter`);
  });

  it(`come to what a plain reading of their answers says (seed ${seed})`, () => {
    const plain = fc.array(check.map(({ match: _, ...one }) => one), {
      minLength: 3,
      maxLength: 3,
    }).map((list) => named("c")(list).map((one) => ({ ...one, ...pinned })));
    const outcomes = fc.array(outcome, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(policy, plain, operation, outcomes, (values, added, asked, given) => {
        const enforcement = { ...values.enforcement, enabled: true, mode: "enforce" };
        const own = { ...values, enforcement };
        const without = judge(own, asked, null);
        const runCheck: RunCheck = ({ id }) => ({
          run: toCheckRun(given[Number(id.slice(1))] as CheckOutcome),
          facts: null,
          request: "",
        });
        const found = judge({ ...own, checks: added }, asked, runCheck);
        const said = added.map(({ effect }, index) => readPlainly(given[index], effect));
        const wanted = Math.max(strictness[without.verdict], ...said);
        assertEquals(strictness[found.verdict], wanted);
        const hasFailed = given.some((one) => isFailure(one));
        if (hasFailed) assertEquals([found.overridable, found.severity], [false, "CRITICAL"]);
      }),
      { seed, numRuns: 500 },
    );
  });

  it(`that nobody runs deny what they judge (seed ${seed})`, () => {
    fc.assert(
      fc.property(policy, operation, (values, asked) => {
        const enforcement = { ...values.enforcement, enabled: true, mode: "enforce" };
        const one = { id: "c0", ...pinned };
        const found = judge({ ...values, enforcement, checks: [one] }, asked, null);
        assertEquals([found.verdict, found.overridable, found.severity], [
          "deny",
          false,
          "CRITICAL",
        ]);
      }),
      { seed, numRuns: 200 },
    );
  });
});
