import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { LintFinding } from "../../src/core/policy/lint_policy.ts";
import { renderLint } from "../../src/edge/render_lint.ts";
import type { RenderOptions } from "../../src/edge/render.ts";

const options: RenderOptions = {
  format: "table",
  style: { colour: false, unicode: false },
  width: null,
};
const error: LintFinding = {
  severity: "error",
  code: "policy_invalid",
  message: 'Cannot use "x": 100% wrong, a:b',
  hint: "try\u202e y",
  location: { file: "a b/p,1:.yaml", line: 3, column: 7, text: "  x: 1" },
};
const warning: LintFinding = {
  severity: "warning",
  code: "pattern_covered",
  message: "adds nothing",
  hint: null,
  location: null,
};
const notice: LintFinding = { ...warning, severity: "notice", code: "pattern_unmatched" };
const outcome = { file: "p.yaml", findings: [error, warning, notice] };

describe("renderLint()", () => {
  it("shows code, place, line, caret and hint, and counts", async () => {
    assertEquals(
      await renderLint(outcome, "table", options),
      'error[policy_invalid]: Cannot use "x": 100% wrong, a:b\n' +
        "  a b/p,1:.yaml:3:7\n  3 |   x: 1\n            ^\nhint: try\\u202e y\n\n" +
        "warning[pattern_covered]: adds nothing\n\n" +
        "notice[pattern_unmatched]: adds nothing\n\n" +
        "p.yaml: not valid, 1 error, 1 warning, 1 notice\nmore: sealward explain CODE\n",
    );
    assertEquals(await renderLint({ file: "p", findings: [] }, "table", options), "p: valid\n");
  });

  it("writes workflow commands that nothing in a policy can break out of", async () => {
    const hostile = { ...error, message: "a\r\n::set-output name=x::y%0A" };
    const text = await renderLint({ file: "f", findings: [hostile, warning] }, "github", options);
    assertEquals(
      text,
      "::error file=a b/p%2C1%3A.yaml,line=3,col=7,title=sealward policy_invalid" +
        "::a\\u000d\\u000a::set-output name=x::y%250A (try\\u202e y)\n" +
        "::warning file=f,title=sealward pattern_covered::adds nothing\n",
    );
    assertEquals(text.split("\n").filter((line) => line.startsWith("::")).length, 2);
  });

  it("writes SARIF 2.1.0 with every member that is required", async () => {
    const text = await renderLint(outcome, "sarif", options);
    const sarif = JSON.parse(text);
    assertEquals(sarif.version, "2.1.0");
    assertEquals(sarif.runs.length, 1);
    const [{ tool: { driver }, results }] = sarif.runs;
    assertEquals(driver.name, "Sealward");
    assertEquals(driver.rules.map(({ id }: { id: string }) => id), [
      "policy_invalid",
      "pattern_covered",
      "pattern_unmatched",
    ]);
    assertEquals(results.map(({ level }: { level: string }) => level), [
      "error",
      "warning",
      "note",
    ]);
    for (const { ruleId, ruleIndex, message, locations } of results) {
      assertEquals(driver.rules[ruleIndex].id, ruleId);
      assert(driver.rules[ruleIndex].shortDescription.text.length > 10);
      assert(message.text.length > 5);
      assertEquals(locations.length, 1);
    }
    const { artifactLocation, region } = results[0].locations[0].physicalLocation;
    assertEquals(artifactLocation.uri, "a%20b/p%2C1%3A.yaml");
    assertEquals(region, { startLine: 3, startColumn: 7 });
    assertEquals(results[1].locations[0].physicalLocation, { artifactLocation: { uri: "p.yaml" } });
    assertEquals(text.includes("\u202e"), false);
  });

  it("gives programs the findings and their number", async () => {
    const value = JSON.parse(await renderLint(outcome, "json", options));
    assertEquals([value.schema_version, value.valid, value.error, value.warning, value.notice], [
      1,
      false,
      1,
      1,
      1,
    ]);
    assertStringIncludes(JSON.stringify(value.findings[0]), "policy_invalid");
  });
});
