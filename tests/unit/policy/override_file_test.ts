import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import type { PolicySnapshot } from "../../../src/core/integrity/policy_snapshot.ts";
import { encodeSshPublicKey } from "../../../src/core/integrity/ssh_public_key.ts";
import { findSectionFault } from "../../../src/core/policy/find_section_fault.ts";
import { parseKeptPolicy } from "../../../src/core/policy/kept_policy.ts";
import { lintPolicy } from "../../../src/core/policy/lint_policy.ts";
import { keepPolicy, loadPolicy } from "../../../src/core/policy/load_policy.ts";
import { refuseFaulty } from "../../../src/core/policy/refuse_faulty.ts";

const policyFile = ".scalpel/policy.yaml";
const budgetFile = ".scalpel/budget.yaml";
const overrideFile = ".scalpel/overrides.yaml";
const policyText = 'version: "1.0"\n';
const budgets = "budgets:\n  - {id: a, count: files, per: day, max: 3}\n";
const good = "# who\noverrides:\n  approvers:\n    - name: maria\n  request_seconds: 60\n";

/** All zeros: a point of small order. */
const anybodys = `ssh-ed25519 ${encodeBase64(encodeSshPublicKey(new Uint8Array(32)))}`;

function snapshotOf(texts: Readonly<Record<string, string | Uint8Array>>): PolicySnapshot {
  const encode = (text: string | Uint8Array) =>
    typeof text === "string" ? new TextEncoder().encode(text) : text;
  const files = Object.entries({ [policyFile]: policyText, ...texts });
  return {
    digest: "sha256:0",
    inputs: files.map(([path]) => ({ path, sha256: "0" })),
    files: new Map(files.map(([path, text]) => [path, encode(text)])),
  };
}

describe("overrides.yaml", () => {
  it("holds the overrides of the policy beside it, with places of its own, as text and as kept", () => {
    const snapshot = snapshotOf({ [overrideFile]: good, [budgetFile]: budgets });
    assertEquals(findSectionFault(snapshot), null);
    refuseFaulty(snapshot);
    for (const loaded of [loadPolicy(snapshot), parseKeptPolicy(keepPolicy(snapshot), snapshot)]) {
      assertEquals(loaded?.policy.overrides?.requestSeconds, 60);
      assertEquals(loaded?.policy.overrides?.approvers.map(({ name }) => name), ["maria"]);
      assertEquals(loaded?.policy.budgets.map(({ id }) => id), ["a"]);
      const places = ["overrides.approvers.0.name", "overrides.request_seconds", "budgets.0.max"]
        .map((path) => loaded?.positions.get(path));
      assertEquals(places, [
        { line: 4, column: 13, file: overrideFile },
        { line: 5, column: 20, file: overrideFile },
        { line: 2, column: 42, file: budgetFile },
      ]);
    }
  });

  it("means what the same section means in policy.yaml", () => {
    const beside = loadPolicy(snapshotOf({ [overrideFile]: good })).policy.overrides;
    const inside = loadPolicy(snapshotOf({ [policyFile]: policyText + good })).policy.overrides;
    assertEquals(beside, inside);
    assertEquals(loadPolicy(snapshotOf({})).policy.overrides, null);
    const empty = loadPolicy(snapshotOf({ [overrideFile]: "overrides: {}\n" })).policy.overrides;
    assertEquals([empty?.unnamedApprover, empty?.approvers], [false, []]);
  });

  const refused: readonly (readonly [string, string | Uint8Array, string, number?, number?])[] = [
    ["D6 nothing", "", "policy_invalid", 1, 1],
    ["D6 only a comment", "# overrides\n", "policy_invalid", 1, 1],
    ["D6 overrides: null", "overrides:\n", "policy_invalid", 1, 1],
    ["a list", "overrides: []\n", "policy_invalid", 1, 12],
    ["a bound", good.replace("60", "29"), "policy_invalid", 5, 20],
    ["an unknown key", `${good}version: "1.0"\n`, "policy_invalid", 6, 1],
    ["the section of another file", `${good}budgets: []\n`, "policy_invalid", 6, 1],
    ["who cannot approve", good.replace("maria", "maria\n      totp: false"), "policy_invalid", 5],
    [
      "a key under which anybody signs",
      `overrides: {approvers: [{name: a, ssh_keys: ["${anybodys}"]}]}\n`,
      "policy_invalid",
      1,
      46,
    ],
    ["YAML-01 a key twice", `${good}overrides: {}\n`, "policy_syntax", 6, 1],
    ["YAML-03 an anchor", good.replace("60", "&a 60"), "policy_syntax", 5, 20],
    ["a flow mapping", "{overrides: {}}\n", "policy_syntax", 1, 1],
    ["two documents", `${good}---\noverrides: {}\n`, "policy_syntax", 6, 1],
    ["bytes that are not UTF-8", new Uint8Array([0x6f, 0xff]), "policy_syntax"],
    ["262,145 bytes", "#".repeat(262_145), "policy_too_large"],
  ];
  for (const [name, text, code, line, column] of refused) {
    it(`refuses ${name}`, () => {
      const snapshot = snapshotOf({ [overrideFile]: text, [budgetFile]: budgets });
      const fault = findSectionFault(snapshot);
      assertEquals(fault?.code, code);
      if (line !== undefined) {
        const { location } = fault ?? {};
        assertEquals([location?.file, location?.line], [overrideFile, line]);
        if (column !== undefined) assertEquals(location?.column, column);
      }
      // Keys are looked into before a policy comes into force, and not each time it is read.
      if (!String(text).includes(anybodys)) {
        assertThrows(() => loadPolicy(snapshot), EngineError);
      }
      assertThrows(() => refuseFaulty(snapshot), EngineError);
    });
  }

  it("one place only: not both files, not even an empty section in one", () => {
    for (const more of [good, "overrides: {}\n"]) {
      const snapshot = snapshotOf({ [overrideFile]: good, [policyFile]: policyText + more });
      const fault = findSectionFault(snapshot);
      assertEquals([fault?.code, fault?.location?.line], ["policy_invalid", 2]);
      assertThrows(() => loadPolicy(snapshot), EngineError, "has overrides too");
    }
  });

  it("a fault in budget.yaml is told first, and in its own file", () => {
    const snapshot = snapshotOf({
      [overrideFile]: "overrides: []\n",
      [budgetFile]: "budgets: 1\n",
    });
    assertEquals(findSectionFault(snapshot)?.location?.file, budgetFile);
  });

  it("files of checks/ are inputs beside it, and other files are refused", () => {
    const snapshot = snapshotOf({ [overrideFile]: good, ".scalpel/checks/a.wasm": "x" });
    for (const read of [loadPolicy, refuseFaulty]) read(snapshot);
    const other = snapshotOf({ [overrideFile]: good, ".scalpel/checks.wasm": "x" });
    for (const read of [loadPolicy, refuseFaulty]) {
      assertThrows(() => read(other), EngineError, "in this version");
    }
    assertThrows(() => parseKeptPolicy("{}", other), EngineError, "in this version");
  });

  it("lint looks at all three files and points into the right one", () => {
    const beside = snapshotOf({ [overrideFile]: "overrides: {}\n", [budgetFile]: budgets }).files;
    const text = `${policyText}protected: {files: ["*.env"]}\n`;
    const bytes = new TextEncoder().encode(text);
    const { policy, findings } = lintPolicy(bytes, policyFile, { beside });
    assertEquals(policy?.budgets.length, 1);
    assertEquals(findings.map(({ location }) => location?.file), [overrideFile]);
    const faulty = snapshotOf({ [overrideFile]: good.replace("maria", "Maria") }).files;
    const report = lintPolicy(bytes, policyFile, { beside: faulty });
    assertEquals(report.policy, null);
    assertEquals(report.findings.map(({ severity, location }) => [severity, location?.file]), [
      ["error", overrideFile],
    ]);
  });
});
