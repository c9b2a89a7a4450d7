import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { CoverageCounter } from "../../../src/core/policy_test/coverage.ts";
import { runText, testRoot } from "../../support/test_bench.ts";

const policy = `version: "1.0"
enforcement: {default: deny}
limits: {max_file_size: 100, max_files_per_operation: 1}
protected: {files: ["*.env", "prod.*", "keys/"], secret_files: ["id_rsa"], operations: [delete, rm]}
operations: {custom: {deploy: [execute]}}
budgets: [{id: few, count: commands, max: 0, per: hour}]
rules:
  - {id: tmp, match: {files: ["//tmp/"]}, effect: warn}
  - {id: push, match: {commands: ["git push *"]}, effect: ask}
`;

async function uncovered(...operations: readonly string[]): Promise<readonly string[]> {
  const cases = operations.map((operation, index) =>
    `  - {name: "${index}", operation: {${operation}}, expect: {decision: allow}}\n`
  );
  const counter = new CoverageCounter(parsePolicy(policy, "p"), testRoot);
  const text = `schema_version: 1\n${
    cases.length === 0 ? "cases: []\n" : `cases:\n${cases.join("")}`
  }`;
  for (const result of await runText(policy, text)) counter.add(result);
  const { total, uncovered } = counter.finish();
  assertEquals(total, 13);
  return uncovered.map(({ name }) => name);
}

const everything = [
  "limits.max_file_size",
  "limits.max_files_per_operation",
  'protected.files "*.env"',
  'protected.files "prod.*"',
  'protected.files "keys/"',
  'protected.secret_files "id_rsa"',
  'protected.operations "delete"',
  'protected.operations "rm"',
  "operations.custom.deploy",
  "rules.tmp",
  "rules.push",
  "budgets.few",
  "enforcement.default",
];

describe("CoverageCounter", () => {
  it("begins with every line", async () => {
    assertEquals(await uncovered(), everything);
  });

  const rows: readonly (readonly [operation: string, met: readonly string[]])[] = [
    ['type: file_write, affected_files: ["prod.env"]', [
      'protected.files "*.env"',
      'protected.files "prod.*"',
    ]],
    ['type: file_read, affected_files: ["id_rsa"]', ['protected.secret_files "id_rsa"']],
    ['type: file_delete, affected_files: ["a"]', [
      'protected.operations "delete"',
      'protected.operations "rm"',
    ]],
    ['type: file_write, affected_files: ["a"]', ["enforcement.default"]],
    ['type: file_write, affected_files: ["a", "b"]', ["limits.max_files_per_operation"]],
    ['type: deploy, affected_files: ["a"]', ["operations.custom.deploy", "enforcement.default"]],
    ['type: file_write, affected_files: ["/tmp/a"]', ["rules.tmp"]],
    ['type: command, command: "git push a"', ["rules.push", "budgets.few"]],
  ];
  for (const [operation, met] of rows) {
    it(`counts what ${operation} meets`, async () => {
      assertEquals(await uncovered(operation), everything.filter((name) => !met.includes(name)));
    });
  }
});
