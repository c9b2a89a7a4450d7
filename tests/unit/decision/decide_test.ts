import { assert, assertEquals } from "@std/assert";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import { describe, it } from "@std/testing/bdd";
import { decide, decideUntrusted, type Question } from "../../../src/core/decision/decide.ts";
import type { Judgement } from "../../../src/core/decision/decision.ts";
import { gatherFacts } from "../../../src/core/decision/gather_facts.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";
import { createToolPlanner } from "../../../src/core/operation/plan_tool.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { createFakeDisk } from "../../support/fake_disk.ts";

const disk = createFakeDisk("/p", { "/p/a.env": { kind: "file", bytes: 1 } });
const rules = 'protected:\n  files: ["*.env"]\n  operations: ["delete", "unlink"]\n';

function question(
  settings: string,
  given: Readonly<Record<string, Json>>,
  scope: Question["scope"] = "policy",
): Question {
  const policy = parsePolicy(`version: "1.0"\n${settings}${rules}`, "policy.yaml");
  const operation = parseOperation(given);
  const plan = planEffects(
    operation,
    policy.customOperations,
    null,
    createToolPlanner(policy.tools),
  );
  return {
    operation,
    plan,
    policy,
    principal: "uid:1",
    denials: null,
    facts: gatherFacts(operation, plan, { disk, measureComplexity }),
    scope,
  };
}

function codesOf({ findings }: Judgement): readonly string[] {
  return findings.map(({ code }) => code);
}

const enforcement = (text: string) => `enforcement:\n  ${text}\n`;
const plain = { type: "file_write", affected_files: ["a.txt"] };
const env = { type: "file_write", affected_files: ["a.env"] };
const engine = { type: "file_write", affected_files: [".scalpel/policy.yaml"] };
const command = { type: "command", command: "ls" };
const unknown = { type: "db.drop" };
const remove = { type: "file_delete", affected_files: ["a.txt"] };

describe("decide()", () => {
  type Row = readonly [string, Readonly<Record<string, Json>>, Judgement["verdict"], boolean];
  const rows: readonly Row[] = [
    ["", plain, "allow", false],
    ["", env, "deny", true],
    ["", engine, "deny", false],
    ["", command, "deny", true],
    ["", unknown, "deny", true],
    ["", remove, "deny", true],
    [enforcement("on_unverified: ask"), command, "ask", true],
    [enforcement("on_unverified: ask"), { ...env, command: "ls" }, "deny", true],
    [enforcement("on_unverified: ask"), { ...engine, command: "ls" }, "deny", false],
    [enforcement("on_unverified: ask\n  default: deny"), command, "deny", true],
    [enforcement("default: deny"), plain, "deny", true],
    [enforcement("mode: observe"), env, "allow", false],
    [enforcement("mode: observe"), engine, "deny", false],
    [enforcement("enabled: false"), unknown, "allow", false],
    [enforcement("enabled: false"), engine, "deny", false],
    [enforcement("fail_closed: false"), command, "deny", true],
  ];
  for (const [settings, given, verdict, overridable] of rows) {
    const setting = settings.replace(/\s+/g, " ");
    it(`answers ${verdict} to ${JSON.stringify(given)} under ${setting}`, () => {
      const judgement = decide(question(settings, given));
      assertEquals([judgement.verdict, judgement.overridable], [verdict, overridable]);
    });
  }

  it("says what it would have denied, only where the mode made a difference", () => {
    const observe = enforcement("mode: observe");
    assertEquals(decide(question(observe, env)).wouldDeny, true);
    assertEquals(decide(question(observe, plain)).wouldDeny, false);
    assertEquals(decide(question(observe, engine)).wouldDeny, false);
    assertEquals(decide(question("", env)).wouldDeny, false);
  });

  it("names every weakening setting with every decision", () => {
    const rows = [["", 0], ["mode: observe", 1], ["enabled: false", 1], ["fail_closed: false", 1]];
    for (const [setting, count] of rows) {
      const settings = setting === "" ? "" : enforcement(String(setting));
      assertEquals(decide(question(settings, plain)).notices.length, count);
    }
    assertEquals(decide(question(enforcement("enabled: false"), plain)).mode, "disabled");
  });

  it("puts the worst finding first, and takes its severity", () => {
    const given = { type: "file_delete", affected_files: ["a.env", ".scalpel/audit.log"] };
    const judgement = decide(question("", given));
    assertEquals(codesOf(judgement), ["path_protected", "path_protected", "operation_protected"]);
    assertEquals(judgement.findings[0]?.policy, "builtin.files");
    assertEquals(judgement.severity, "CRITICAL");
    assertEquals(decide(question("", plain)).severity, "LOW");
  });

  it("D3 says each thing once", () => {
    const given = { type: "file_write", affected_files: ["a.env", "a.env"] };
    assertEquals(codesOf(decide(question("", given))), ["path_protected"]);
  });

  it("points to the policy's line", () => {
    assertEquals(decide(question("", env)).findings[0]?.sourceKey, "protected.files.0");
    assertEquals(decide(question("", remove)).findings[0]?.sourceKey, "protected.operations.0");
  });

  it("leaves all but files aside when asked about protected files", () => {
    const scope = "protected_files";
    const strict = `${enforcement("default: deny")}limits:\n  max_files_per_operation: 0\n`;
    const tool = { type: "tool_call", tool: { name: "t" }, affected_files: ["a.txt"] };
    for (const given of [plain, remove, tool, { ...plain, affected_files: ["/outside/x"] }]) {
      assertEquals(decide(question(strict, given, scope)).verdict, "allow", JSON.stringify(given));
    }
    const touching = [env, engine, { ...tool, affected_files: ["a.env"] }, {
      ...plain,
      affected_files: ["~/a"],
    }];
    for (const given of touching) assertEquals(decide(question("", given, scope)).verdict, "deny");
  });

  it("INV-9 cannot say that a command or an unreadable diff changes no protected file", () => {
    const tool = { type: "tool_call", tool: { name: "t" } };
    for (const given of [command, unknown, { ...plain, diff: "?" }, { ...tool, command: "ls" }]) {
      const judgement = decide(question("", given, "protected_files"));
      assertEquals(judgement.verdict, "deny", JSON.stringify(given));
    }
  });
});

describe("decideUntrusted()", () => {
  it("denies, beyond any approval, for the one reason", () => {
    for (const status of ["unaccepted", "tampered"] as const) {
      const judgement = decideUntrusted(status, "why");
      assertEquals([judgement.verdict, judgement.overridable], ["deny", false]);
      assertEquals(codesOf(judgement), [`policy_${status}`]);
      assert(judgement.findings.every(({ overridable }) => !overridable));
    }
  });
});
