import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import type { PolicySnapshot } from "../../../src/core/integrity/policy_snapshot.ts";
import { findSectionFault } from "../../../src/core/policy/find_section_fault.ts";
import { parseKeptPolicy } from "../../../src/core/policy/kept_policy.ts";
import { lintPolicy } from "../../../src/core/policy/lint_policy.ts";
import { starterPolicy } from "../../../src/core/policy/starter_policy.ts";
import { keepPolicy, loadPolicy } from "../../../src/core/policy/load_policy.ts";

const budgetFile = ".scalpel/budget.yaml";
const policyText = 'version: "1.0"\noperations: {custom: {ship: [call]}}\n';
const good = "# budgets\nbudgets:\n  - id: a\n    count: files\n    per: day\n    max: 3\n";

function snapshotOf(budgets: string | Uint8Array, policy = policyText): PolicySnapshot {
  const bytes = typeof budgets === "string" ? new TextEncoder().encode(budgets) : budgets;
  return {
    digest: "sha256:0",
    inputs: [".scalpel/policy.yaml", budgetFile].map((path) => ({ path, sha256: "0" })),
    files: new Map([
      [".scalpel/policy.yaml", new TextEncoder().encode(policy)],
      [budgetFile, bytes],
    ]),
  };
}

describe("budget.yaml", () => {
  it("holds the budgets of the policy beside it, with places of its own", () => {
    const snapshot = snapshotOf(good.replace("day", "day\n    match: {types: [ship]}"));
    assertEquals(findSectionFault(snapshot), null);
    for (const loaded of [loadPolicy(snapshot), parseKeptPolicy(keepPolicy(snapshot), snapshot)]) {
      assertEquals(loaded?.policy.budgets.map(({ id, max }) => [id, max]), [["a", 3]]);
      const places = ["budgets.0", "budgets.0.max", "operations.custom"]
        .map((path) => loaded?.positions.get(path));
      assertEquals(places, [
        { line: 3, column: 5, file: budgetFile },
        { line: 7, column: 10, file: budgetFile },
        { line: 2, column: 22 },
      ]);
    }
  });

  const refused: readonly (readonly [string, string | Uint8Array, string, number?, number?])[] = [
    ["D6 nothing", "", "policy_invalid", 1, 1],
    ["D6 only a comment", "# budgets\n", "policy_invalid", 1, 1],
    ["D6 budgets: null", "budgets:\n", "policy_invalid", 1, 1],
    ["D6 a budget without max", good.replace(/ +max: 3\n/, ""), "policy_invalid", 3, 5],
    ["D6 a negative max", good.replace("3", "-3"), "policy_invalid", 6, 10],
    ["an unknown key", `${good}version: "1.0"\n`, "policy_invalid", 7, 1],
    ["a type that policy.yaml does not know", `${good}    match: {types: [x]}\n`, "policy_invalid"],
    ["an id twice", good + good.slice(good.indexOf("  -")), "policy_invalid", 7, 9],
    ["YAML-01 a key twice", `${good}budgets: []\n`, "policy_syntax", 7, 1],
    ["YAML-03 an anchor", good.replace("3", "&a 3"), "policy_syntax", 6, 10],
    ["a flow mapping", "{budgets: []}\n", "policy_syntax", 1, 1],
    ["two documents", `${good}---\nbudgets: []\n`, "policy_syntax", 7, 1],
    ["bytes that are not UTF-8", new Uint8Array([0x62, 0xff]), "policy_syntax"],
    ["262,145 bytes", "#".repeat(262_145), "policy_too_large"],
  ];
  for (const [name, text, code, line, column] of refused) {
    it(`refuses ${name}`, () => {
      const snapshot = snapshotOf(text);
      const fault = findSectionFault(snapshot);
      assertEquals(fault?.code, code);
      if (line !== undefined) {
        const { location } = fault ?? {};
        assertEquals([location?.file, location?.line, location?.column], [
          budgetFile,
          line,
          column,
        ]);
      }
      assertThrows(() => loadPolicy(snapshot), EngineError);
    });
  }

  it("one place only: not both files, not even an empty list in one", () => {
    for (const more of [good, "budgets: []\n"]) {
      const snapshot = snapshotOf(good, policyText + more);
      const fault = findSectionFault(snapshot);
      assertEquals([fault?.code, fault?.location?.line], ["policy_invalid", 2]);
      assertThrows(() => loadPolicy(snapshot), EngineError, "has budgets too");
    }
  });
});

describe("starterPolicy", () => {
  it("is as good with what it shows in comments", () => {
    const text = starterPolicy.replaceAll(
      /^#((?: {2}){1,2}(?=[-a-z]+[ :])|(?:budgets|overrides):)/gm,
      "$1",
    );
    assertEquals(text.includes("no-leak") && text.includes("\nbudgets:"), true);
    const { policy, findings } = lintPolicy(new TextEncoder().encode(text), "policy.yaml");
    assertEquals(findings.filter(({ severity }) => severity !== "notice"), []);
    assertEquals(policy?.rules.map(({ id }) => id), ["temporary-files", "no-push", "no-leak"]);
    assertEquals(policy?.budgets.map(({ id }) => id), ["deletes"]);
    assertEquals(policy?.overrides?.approvers.map(({ name }) => name), ["maria"]);
  });
});
