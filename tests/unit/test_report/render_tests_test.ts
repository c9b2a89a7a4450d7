import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { plainStyle } from "../../../src/edge/cli/colour.ts";
import { renderGithub } from "../../../src/edge/test_report/render_github.ts";
import { renderJunit } from "../../../src/edge/test_report/render_junit.ts";
import { renderTestJson, renderTestTable } from "../../../src/edge/test_report/render_tests.ts";
import type { TestRun } from "../../../src/edge/test_report/test_run.ts";
import { runText } from "../../support/test_bench.ts";

const policy = 'version: "1.0"\nprotected: {files: ["*.env"]}\n';
const positions = new Map([["protected.files.0", { line: 2, column: 20 }]]);
const sly = "a]]>\u0000<b>&\"'\u001b[31m\n::error::x,y:z%0A\u202e\ufffe";

async function run(name: string, hasCoverage = false): Promise<TestRun> {
  const results = await runText(
    policy,
    `schema_version: 1
cases:
  - {name: good, operation: {type: file_write, affected_files: ["a"]}, expect: {decision: allow}}
  - {name: bad, operation: {type: file_write, affected_files: ["a.env"]}, expect: {decision: allow}}
`,
  );
  const named = results.map((result) =>
    result.mismatches.length === 0 ? result : { ...result, test: { ...result.test, name } }
  );
  return {
    policyFile: ".scalpel/policy.yaml",
    positions,
    files: [{ file: "tests/a.yaml", results: named }],
    passed: 1,
    failed: 1,
    notRun: [],
    coverage: hasCoverage
      ? { total: 2, uncovered: [{ key: "protected.files.0", name: 'protected.files "*.env"' }] }
      : null,
  };
}

const options = { format: "table", style: plainStyle, width: null } as const;

describe("renderTestTable()", () => {
  it("says what was wanted, what was got, and which line of the policy is why", async () => {
    const text = renderTestTable(await run("bad", true), options);
    assertMatch(text, /^pass {4}good +allow +tests\/a\.yaml:3$/m);
    assertStringIncludes(
      text,
      "FAIL bad\n  tests/a.yaml:4:5\n  decision: wanted allow, got deny\n",
    );
    assertStringIncludes(text, "violated_policies: wanted none, got protected.files");
    assertStringIncludes(text, "because protected.files (.scalpel/policy.yaml:2): Cannot write");
    assertMatch(text, /UNTESTED {2}protected\.files .*policy\.yaml:2$/m);
    assertStringIncludes(text, "2 tests in 1 file: 1 passed, 1 failed");
  });
  it("shows hidden characters of a name and starts no line with them", async () => {
    const text = renderTestTable(await run(sly), options);
    // deno-lint-ignore no-control-regex -- that none is there
    assert(!/[\u0000-\u0009\u000b-\u001f\u202e]/.test(text));
    assert(!/^::/m.test(text));
  });
});

describe("renderTestJson()", () => {
  it("is one document with places, expectations and coverage", async () => {
    const value = JSON.parse(renderTestJson(await run("bad", true)));
    assertEquals([value.schema_version, value.passed, value.failed], [1, 1, 1]);
    assertEquals(value.tests[1].got.violations[0].source, {
      file: ".scalpel/policy.yaml",
      line: 2,
      column: 20,
    });
    assertEquals(value.tests[1].expected, { decision: "allow", violated_policies: [] });
    assertEquals(value.coverage.covered, 1);
  });
});

describe("renderGithub()", () => {
  it("annotates the test, and the line of the policy that none meets", async () => {
    const lines = renderGithub(await run("bad", true), false).split("\n");
    assertMatch(lines[0] ?? "", /^::error file=tests\/a\.yaml,line=4,col=5,title=bad::decision: /);
    assertMatch(lines[1] ?? "", /^::warning file=\.scalpel\/policy\.yaml,line=2,col=20,/);
    assertMatch(renderGithub(await run("bad", true), true), /^::error file=\.scalpel\/policy/m);
  });
  it("lets no name begin a command of its own", async () => {
    const text = renderGithub(await run(sly), false);
    assertEquals(text.split("\n").filter((line) => line.startsWith("::")).length, 1);
    assertEquals(/title=([^:]*)::/.exec(text)?.[1]?.includes(","), false);
    assertStringIncludes(text, "%250A");
    // deno-lint-ignore no-control-regex -- that none is there
    assert(!/[\u0000-\u0009\u000b-\u001f\u202e]/.test(text));
  });
});

/** A reader of the XML we write: throws at whatever is not well-formed (XML 1.0, section 2.1). */
function readXml(text: string): Map<string, string>[] {
  const declared = '<?xml version="1.0" encoding="UTF-8"?>\n';
  assert(text.startsWith(declared));
  // deno-lint-ignore no-control-regex -- what is no character of XML
  assert(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u.test(text));
  const open: string[] = [];
  const found: Map<string, string>[] = [];
  let at = declared.length;
  while (at < text.length) {
    const rest = text.slice(at);
    const tag = /^<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/.exec(rest);
    const data = /^[^<]+/.exec(rest);
    const [part] = tag ?? data ?? [];
    assert(part !== undefined, `no XML at: ${rest.slice(0, 60)}`);
    at += part.length;
    assert(!/&(?!(?:amp|lt|gt|quot|apos|#x[0-9a-f]+);)/.test(part), part);
    if (tag === null) continue;
    const [, end, name = "", attributes = "", isEmpty] = tag;
    if (end === "/") assertEquals(open.pop(), name);
    else {
      const pairs = attributes.matchAll(/([a-z]+)="([^"]*)"/g);
      found.push(
        new Map([["tag", name], ...[...pairs].map(([, k = "", v = ""]) => [k, v] as const)]),
      );
      if (isEmpty === "") open.push(name);
    }
  }
  assertEquals(open, []);
  return found;
}

describe("renderJunit()", () => {
  it("is well-formed whatever a test is called, and counts", async () => {
    for (const name of ["bad", sly, "\ud800", "\u{1f600}", "]]>", "a\tb"]) {
      const tags = readXml(renderJunit(await run(name), false));
      const count = (tag: string) => tags.filter((each) => each.get("tag") === tag).length;
      assertEquals([count("testsuite"), count("testcase"), count("failure")], [1, 2, 1]);
      const [suites] = tags;
      assertEquals([suites?.get("tests"), suites?.get("failures")], ["2", "1"]);
    }
  });
  it("has a suite for untested lines only where they fail", async () => {
    assertEquals(readXml(renderJunit(await run("bad", true), false)).length, 5);
    const tags = readXml(renderJunit(await run("bad", true), true));
    assertEquals(tags[0]?.get("failures"), "2");
    assertEquals(tags.find((tag) => tag.get("name") === "coverage")?.get("tests"), "1");
  });
});
