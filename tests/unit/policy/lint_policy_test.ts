import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxPolicyBytes } from "../../../src/core/limits.ts";
import { lintPolicy } from "../../../src/core/policy/lint_policy.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { guidePolicy, starterPolicy } from "../../../src/core/policy/starter_policy.ts";

const file = "policy.yaml";
const files = 'version: "1.0"\nprotected:\n  files: ["a"]\n';

/** Severity, code, line and column of each finding. */
function lint(text: string): readonly unknown[] {
  return lintPolicy(new TextEncoder().encode(text), file).findings.map((finding) => [
    finding.severity,
    finding.code,
    finding.location?.line,
    finding.location?.column,
  ]);
}

describe("lintPolicy()", () => {
  it("finds nothing in the guide's policy", () => {
    assertEquals(lint(guidePolicy), []);
  });

  it("YAML-25 points at every setting that weakens enforcement", () => {
    const text = `${files}enforcement:\n  enabled: false\n  fail_closed: false\n  mode: observe\n`;
    assertEquals(lint(text), [
      ["notice", "enforcement_disabled", 5, 12],
      ["notice", "failure_allows", 6, 16],
      ["notice", "enforcement_observes", 7, 9],
    ]);
  });

  it("YAML-25 points at what lets opaque commands pass", () => {
    const text = `${files}commands:\n  opaque: allow\n`;
    assertEquals(lint(text), [["notice", "opaque_allowed", 5, 11]]);
    assertEquals(lint(text.replace("allow", "ask")), []);
  });

  it("GLOB-11 points at the second of two equal secret files", () => {
    const text = 'version: "1.0"\nprotected:\n  secret_files: [a, b, a]\n';
    assertEquals(lint(text), [["warning", "pattern_repeated", 3, 24]]);
  });

  it("GLOB-17 warns when no file is protected, wherever the list went", () => {
    const code = ["warning", "files_unprotected"];
    assertEquals(lint('version: "1.0"\n'), [[...code, undefined, undefined]]);
    assertEquals(lint('version: "1.0"\nprotected: {}\n'), [[...code, undefined, undefined]]);
    assertEquals(lint('version: "1.0"\nprotected:\n  files: []\n'), [[...code, 3, 10]]);
  });

  it("GLOB-11 points at the second of two equal entries", () => {
    const text = 'version: "1.0"\nprotected:\n  files: [a, b, a]\n  operations:\n' +
      "    - delete\n    - rm\n    - delete\n";
    assertEquals(lint(text), [
      ["warning", "pattern_repeated", 3, 17],
      ["warning", "operation_covered", 6, 7],
      ["warning", "operation_repeated", 7, 7],
    ]);
  });

  it("gives one error and no policy for what does not parse", () => {
    const { policy, findings } = lintPolicy(new TextEncoder().encode(`${files}x: 1\n`), file);
    assertEquals(policy, null);
    assertEquals(findings.length, 1);
    assertEquals([findings[0]?.severity, findings[0]?.code], ["error", "policy_invalid"]);
    assertEquals(findings[0]?.location, { file, line: 4, column: 1, text: "x: 1" });
    assert(findings[0]?.hint);
  });

  it("has no place to point at where there is no text", () => {
    const rows: readonly [Uint8Array, string][] = [
      [new Uint8Array(maxPolicyBytes + 1), "policy_too_large"],
      [new Uint8Array([0xff]), "policy_syntax"],
    ];
    for (const [bytes, code] of rows) {
      const { findings } = lintPolicy(bytes, file);
      assertEquals([findings[0]?.code, findings[0]?.location], [code, null]);
    }
  });
});

describe("lintPolicy() with budget.yaml", () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const beside = (budgets: string) => ({
    beside: new Map([[".scalpel/budget.yaml", encode(budgets)]]),
  });
  const both = (budgets: string) =>
    lintPolicy(encode(files), ".scalpel/policy.yaml", beside(budgets)).findings
      .map(({ code, location }) => `${code} ${location?.file}:${location?.line}`);
  const budget =
    "budgets:\n  - {id: d, count: deletes, per: day, max: 5, match: {files: [a, a]}}\n";

  it("points into the file that is at fault", () => {
    assertEquals(both(budget), ["pattern_repeated .scalpel/budget.yaml:2"]);
    assertEquals(both("budget: []\n"), ["policy_invalid .scalpel/budget.yaml:1"]);
    assertEquals(both("budgets: [\n"), ["policy_syntax .scalpel/budget.yaml:2"]);
  });

  it("S1 repeats no secret of it", () => {
    const token = `ghp_${"a1B2".repeat(6)}`;
    for (const text of [`${budget}# ${token}\n`, `budgets: "${token}"\n`]) {
      const { findings } = lintPolicy(encode(files), "p", beside(text));
      assertEquals(JSON.stringify(findings).includes(token), false, text);
    }
  });
});

describe("starterPolicy", () => {
  it("passes lint; that it only observes is all there is to say", () => {
    assertEquals(lint(starterPolicy), [["notice", "enforcement_observes", 9, 9]]);
  });

  it("begins with the line that gives editors the schema", () => {
    assertEquals(
      starterPolicy.split("\n")[0],
      "# yaml-language-server: $schema=./policy.schema.json",
    );
  });

  it("protects secrets and no source", () => {
    const { set } = parsePolicy(starterPolicy, file).protectedFiles;
    for (const path of [".env", "a/prod.env", ".env.local", "tls/server.key", "home/id_rsa"]) {
      assert(set.match([path]).length > 0, path);
    }
    for (const path of ["src/app.ts", "app.config", "env.ts", "keys.md"]) {
      assertEquals(set.match([path]), [], path);
    }
  });
});
