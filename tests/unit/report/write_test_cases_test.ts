import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { operationDigest } from "../../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { parseYaml } from "../../../src/core/policy/parse_yaml.ts";
import { writeTestCases } from "../../../src/core/report/write_test_cases.ts";
import type { Entry } from "../../../src/core/audit/entry.ts";
import { decision, entry } from "./report_entries.ts";

/** An entry of the decision on `asked`, as its log would hold `logged`. */
function logged(seq: number, asked: JsonObject, logged: JsonObject, verdict = "deny"): Entry {
  const operation = parseOperation(asked);
  const one = decision(seq, logged, { decision: verdict, violated: ["protected.files"] });
  const digests = {
    operation_digest: operationDigest(operation, sha256),
    policy_digest: `sha256:${"1".repeat(64)}`,
  };
  return { ...one, details: { ...one.details, ...digests } };
}

const agent = { name: "b", session: "s" };
const whole = logged(
  4,
  { type: "file_write", affected_files: [".env"], agent, correlation_id: "c" },
  { type: "file_write", files: [".env"], agent: "b", session: "s", correlation_id: "c" },
);
const withContent = logged(
  5,
  { type: "file_write", affected_files: ["src/\u00e4.ts"], content: "x", metadata: { n: 1 } },
  { type: "file_write", files: ["src/\u00e4.ts"] },
  "allow",
);
const cutCommand = logged(
  6,
  { type: "command", command: `echo ${"x".repeat(300)}` },
  { type: "command", files: [], command: `echo ${"x".repeat(251)}...` },
);

describe("writeTestCases()", () => {
  const text = writeTestCases([entry(1, "NOTE", {}), whole, withContent, cutCommand]);
  it("makes a case of what the entry holds whole, by its digest", () => {
    const value = parseYaml(text, "cases.yaml") as unknown as {
      schema_version: number;
      cases: JsonObject[];
    };
    assertEquals(value.schema_version, 1);
    assertEquals(value.cases.length, 1);
    const { details } = whole;
    assertEquals(value.cases[0], {
      name: "#4 file_write .env",
      operation: { type: "file_write", affected_files: [".env"], agent: { name: "b" } },
      principal: "uid:1000",
      expect: { decision: "deny", violated_policies: ["protected.files"] },
      recorded: {
        seq: 4,
        at: whole.at,
        mode: "observe",
        policy_digest: details["policy_digest"] ?? null,
        operation_digest: details["operation_digest"] ?? null,
      },
    });
    const again = parseOperation(value.cases[0]?.["operation"]);
    assertEquals(operationDigest(again, sha256), details["operation_digest"]);
  });
  it("says what it leaves out, and does not count it", () => {
    assertStringIncludes(text, "# 1 case, 2 left out as comments");
    assertMatch(text, /^ {2}# Left out, content, diff and metadata never enter the log:$/m);
    assertMatch(text, /^ {2}# Left out, a text of it was cut:$/m);
    assertMatch(text, /^ {2}# - name: "#6 echo x+/m);
  });
  it("is a document for nothing, too", () => {
    assertMatch(writeTestCases([withContent]), /^cases: \[\]\n {2}# Left out/m);
    assertMatch(writeTestCases([]), /^# 0 cases, 0 left out/m);
  });
  it("AUD-14 no text of an agent ends its line or its comment", () => {
    const sly = 'x"\n- name: y\n\u202e\u001b[31m';
    const lines = writeTestCases([
      decision(1, { type: sly, files: [sly], command: sly, agent: sly }),
      logged(2, { type: "x", tool: { name: "t: #{}", input: {} } }, {
        type: "x",
        files: [],
        tool: "t: #{}",
      }),
    ]).split("\n");
    assertEquals(lines.filter((line) => line.includes("name: y") && !/^ +# /.test(line)), []);
    // deno-lint-ignore no-control-regex -- control characters are what is searched
    assertEquals(lines.filter((line) => /[\x00-\x1f\x7f-\x9f\u202e]/.test(line)), []);
    assertStringIncludes(lines.join("\n"), 'name: "t: #{}"');
  });
});
