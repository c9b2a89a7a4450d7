import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../../src/core/audit/entry.ts";
import type { Facts } from "../../../src/core/decision/facts.ts";
import { measureLimits } from "../../../src/core/decision/measure_limits.ts";
import type { Effect, Verb } from "../../../src/core/operation/effect.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { exceededValue, readLoggedDecision } from "../../../src/core/report/logged_decision.ts";

const policy = parsePolicy(
  'version: "1.0"\nlimits:\n  max_complexity: 10\n  max_file_size: 100\n' +
    "  max_changes_per_operation: 20\n  max_files_per_operation: 3\n",
  "policy.yaml",
);
const unlimited = parsePolicy('version: "1.0"\n', "policy.yaml");

const small: Facts = {
  root: "/p",
  paths: new Map(),
  complexity: { measured: 1, lowerBound: null, language: "python" },
  changes: { files: 1, changedLines: 1, total: 2 },
  growthBytes: new Map(),
  contentBytes: 10,
};

const onPath = (verb: Verb): Effect => ({ verb, resource: "a", kind: "path" });

function measure(
  facts: Partial<Facts>,
  metadata: Readonly<Record<string, Json>> = {},
  verbs: readonly Verb[] = ["write"],
): string {
  const operation = parseOperation({ type: "file_write", affected_files: ["a"], metadata });
  const scope = { policy, effects: verbs.map(onPath) };
  const { findings, unmeasured } = measureLimits(operation, { ...small, ...facts }, scope);
  const short = (id: string) => id.replace(/^limits\.max_|_per_operation$/g, "");
  const over = findings.map(({ policy }) => short(policy)).sort();
  return `over ${over.join(" ")}, unmeasured ${unmeasured.map(short).join(" ")}`;
}

const unknown = { measured: null, lowerBound: null, language: null };
const bound = (lowerBound: number) => ({ measured: null, lowerBound, language: "python" });

describe("measureLimits()", () => {
  type Row = readonly [string, Partial<Facts>, Readonly<Record<string, Json>>, string];
  const rows: readonly Row[] = [
    ["nothing is over", {}, {}, "over , unmeasured "],
    ["exactly", { contentBytes: 100 }, { complexity: 10 }, "over , unmeasured "],
    ["one byte more", { contentBytes: 101 }, {}, "over file_size, unmeasured "],
    ["files", { changes: { files: 4, changedLines: 0, total: 4 } }, {}, "over files, unmeasured "],
    ["no size", { contentBytes: null }, {}, "over , unmeasured file_size"],
    ["a claimed size", { contentBytes: null }, { file_size: 100 }, "over , unmeasured "],
    [
      "a claim too large",
      { contentBytes: null },
      { file_size: 101 },
      "over file_size, unmeasured ",
    ],
    ["a claim too small", { contentBytes: 101 }, { file_size: 1 }, "over file_size, unmeasured "],
    ["no complexity", { complexity: unknown }, {}, "over , unmeasured complexity"],
    ["a bound below it", { complexity: bound(10) }, {}, "over , unmeasured complexity"],
    ["a bound above it", { complexity: bound(11) }, {}, "over complexity, unmeasured "],
    [
      "a bound above a claim",
      { complexity: bound(11) },
      { complexity: 1 },
      "over complexity, unmeasured ",
    ],
    ["a bound and a claim", { complexity: bound(9) }, { complexity: 9 }, "over , unmeasured "],
    [
      "lines nobody shows",
      { changes: { files: 1, changedLines: null, total: 1 } },
      {},
      "over , unmeasured changes",
    ],
    [
      "lines nobody shows, many files",
      { changes: { files: 3, changedLines: null, total: 21 } },
      {},
      "over changes, unmeasured ",
    ],
    [
      "all together",
      { contentBytes: 101 },
      { complexity: 11, changes: 21 },
      "over changes complexity file_size, unmeasured ",
    ],
  ];
  for (const [name, facts, metadata, wanted] of rows) {
    it(name, () => assertEquals(measure(facts, metadata), wanted));
  }

  it("INV-10 takes no odd claim for a small one", () => {
    for (const odd of [null, -1, "", "1", true, [], {}]) {
      assertEquals(measure({}, { complexity: odd }), "over complexity, unmeasured ");
      assertEquals(measure({}, { file_size: odd }), "over file_size, unmeasured ");
      assertEquals(measure({}, { changes: odd }), "over changes, unmeasured ");
    }
  });

  it("looks at what the verbs do", () => {
    const large: Partial<Facts> = {
      contentBytes: 101,
      changes: { files: 4, changedLines: 17, total: 21 },
      complexity: { ...unknown, measured: 11 },
    };
    const verbs: readonly (readonly [readonly Verb[], string])[] = [
      [[], "files"],
      [["read"], "files"],
      [["delete"], "changes files"],
      [["read", "chmod"], "changes files"],
      [["read", "create"], "changes complexity file_size files"],
      [["write"], "changes complexity file_size files"],
    ];
    for (const [given, over] of verbs) {
      assertEquals(measure(large, {}, given), `over ${over}, unmeasured `);
    }
  });

  it("says nothing of limits the policy does not set", () => {
    const operation = parseOperation({ type: "file_write", affected_files: ["a"] });
    const scope = { policy: unlimited, effects: [onPath("write")] };
    const outcome = measureLimits(operation, { ...small, contentBytes: null }, scope);
    assertEquals(outcome, { findings: [], unmeasured: [] });
  });

  it("says how much it is in the words that a report reads", () => {
    const operation = parseOperation({ type: "file_write", affected_files: ["a"] });
    const scope = { policy, effects: [onPath("write")] };
    const { findings } = measureLimits(operation, { ...small, contentBytes: 101 }, scope);
    const [finding] = findings;
    const details = { violated: [finding?.policy ?? ""], reason: finding?.message ?? "" };
    const logged = readLoggedDecision({ ...entryOf, details });
    assertEquals(logged === null ? null : exceededValue(logged), 101);
  });
});

const entryOf: Entry = {
  version: 1,
  seq: 1,
  key: "00000000.0",
  at: "2026-11-22T18:00:00.000000Z",
  prev: "0".repeat(64),
  mac: "1".repeat(64),
  type: "audit.decision",
  severity: "HIGH",
  details: {},
};
