import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxTestFileBytes } from "../../../src/core/limits.ts";
import { exampleTests } from "../../../src/core/policy/starter_policy.ts";
import { parseTestFile } from "../../../src/core/policy_test/parse_test_file.ts";
import { writeTestCases } from "../../../src/core/report/write_test_cases.ts";
import { parseTests } from "../../support/test_bench.ts";
import { decision } from "../report/report_entries.ts";
import { operationDigest } from "../../../src/core/operation/operation_digest.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";

const head = "schema_version: 1\ncases:\n";
const one = `  - name: a
    operation: {type: file_write, affected_files: [a.ts]}
    expect: {decision: allow}
`;

function refusal(text: string): EngineError {
  return assertThrows(() => parseTests(text), EngineError);
}

describe("parseTestFile()", () => {
  it("reads every key there is", () => {
    const { mode, cases } = parseTests(`schema_version: 1
mode: observe
files: [{path: "src/"}, {path: "big", size: 9}]
cases:
  - name: one
    operation: {type: file_write, affected_files: [a.ts], content: "a\\n\\tb"}
    principal: "uid:7"
    unmeasured: unverified
    earlier:
      - operation: {type: file_read, affected_files: [b.ts]}
        principal: "uid:8"
    files: [{path: "a.ts", content: "x\\n"}, {path: l, target: a.ts}]
    expect: {decision: deny, violated_policies: [b, a, b], would_deny: false, overridable: true, message: "no"}
    recorded: {seq: 4}
  - name: two
    operation: {type: file_read, affected_files: [a.ts]}
    expect: {decision: allow}
`);
    const [first, second] = cases;
    assertEquals([mode, first?.name, first?.principal], ["observe", "one", "uid:7"]);
    assertEquals([first?.line, first?.column, second?.line], [5, 5, 15]);
    assertEquals(first?.operation.content, "a\n\tb");
    assertEquals(first?.unmeasured, "unverified");
    assertEquals(first?.earlier.map(({ principal }) => principal), ["uid:8"]);
    assertEquals(first?.files, [
      { path: "a.ts", kind: "file", content: "x\n" },
      { path: "l", kind: "link", target: "a.ts" },
    ]);
    assertEquals(first?.expect, {
      decision: "deny",
      violatedPolicies: ["a", "b"],
      wouldDeny: false,
      overridable: true,
      message: "no",
    });
    assertEquals(second?.files, [
      { path: "src", kind: "folder" },
      { path: "big", kind: "file", content: 9 },
    ]);
    assertEquals([second?.principal, second?.expect.wouldDeny], ["user", null]);
    assertEquals(second?.expect.overridable, null);
  });

  it("takes files of a case that are none for an empty tree, and none written for the disk", () => {
    const { cases } = parseTests(`${head}${one}${one.replace("a\n", "b\n    files: []\n")}`);
    assertEquals(cases.map(({ files }) => files), [null, []]);
  });

  const refused: readonly (readonly [what: string, text: string, line: number, column: number])[] =
    [
      ["an unknown key", `${head}${one}    expct: 1\n`, 6, 5],
      ["a key twice", `${head}${one}    name: b\n`, 6, 5],
      ["another version", one.replace(/^/, "schema_version: 2\ncases:\n"), 1, 17],
      ["no version", `cases: []\n`, 1, 1],
      ["a wrong type", `${head}${one.replace("allow", "1")}`, 5, 24],
      ["an unknown decision", `${head}${one.replace("allow", "allows")}`, 5, 24],
      ["no decision", `${head}${one.replace("decision: allow", "message: a")}`, 5, 13],
      ["no expectation", `${head}${one.replace(/ {4}expect.*\n/, "")}`, 3, 5],
      ["a denial for no reason", `${head}${one.replace("allow", "deny")}`, 5, 13],
      ["an operation that is none", `${head}${one.replace("[a.ts]", "[]")}`, 4, 16],
      ["an unknown member of it", `${head}${one.replace("type", "tpe")}`, 4, 16],
      ["a name twice", `${head}${one}${one}`, 6, 11],
      ["a tag", `${head}${one.replace("name: a", "name: !x a")}`, 3, 11],
      ["a path that leads out", `${head}${one}    files: [{path: "../a"}]\n`, 6, 20],
      ["an absolute path", `${head}${one}    files: [{path: "/a"}]\n`, 6, 20],
      [
        "two things at one path",
        `${head}${one}    files: [{path: a, size: 1, target: b}]\n`,
        6,
        13,
      ],
      ["a folder with a size", `${head}${one}    files: [{path: "a/", size: 1}]\n`, 6, 13],
      [
        "would_deny of another kind",
        `${head}${one.replace("allow", "allow, would_deny: 1")}`,
        5,
        43,
      ],
      [
        "overridable of another kind",
        `${head}${one.replace("allow", "deny, overridable: 1")}`,
        5,
        43,
      ],
      [
        "what is allowed as overridable",
        `${head}${one.replace("allow", "allow, overridable: true")}`,
        5,
        44,
      ],
      ["a hidden character", `${head}${one.replace("name: a", 'name: "\\u202e"')}`, 3, 11],
      ["nothing", "", 1, 1],
    ];
  for (const [what, text, line, column] of refused) {
    it(`refuses ${what}, with its place`, () => {
      const { code, location } = refusal(text);
      assertEquals([code, location?.file], ["tests_invalid", "tests/a.yaml"]);
      assertEquals([location?.line, location?.column], [line, column]);
    });
  }

  it("refuses what is no UTF-8, and more than a MiB", () => {
    const parse = (bytes: Uint8Array) => () => parseTestFile(bytes, "a.yaml");
    for (const bytes of [new Uint8Array([0xff]), new Uint8Array(maxTestFileBytes + 1).fill(35)]) {
      assertEquals(assertThrows(parse(bytes), EngineError).code, "tests_invalid");
    }
    const full = new Uint8Array(maxTestFileBytes).fill(35);
    full.set(new TextEncoder().encode(`${head}${one}`));
    assertEquals(parse(full)().cases.length, 1);
  });

  it("reads what `init` writes, and what a log's decisions become", () => {
    assert(parseTests(exampleTests).cases.length > 2);
    const asked = { type: "file_write", affected_files: ["a b.env"] };
    const entry = decision(4, { type: "file_write", files: ["a b.env"] }, {
      decision: "deny",
      violated: ["protected.files"],
    });
    const details = {
      ...entry.details,
      operation_digest: operationDigest(parseOperation(asked), sha256),
      input: { unmeasured: "unverified" },
    };
    const [test] = parseTests(writeTestCases([{ ...entry, details }])).cases;
    assertEquals(test?.operation.affectedFiles, ["a b.env"]);
    assertEquals(test?.expect.violatedPolicies, ["protected.files"]);
    assertEquals(test?.unmeasured, "unverified");
    const untrusted = { ...details, codes: ["policy_tampered"] };
    assertEquals(parseTests(writeTestCases([{ ...entry, details: untrusted }])).cases, []);
  });
});
