/** `policy lint`, `policy schema` and `explain`, as people and CI jobs meet them. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { policyJsonSchema } from "../../src/core/policy/json_schema.ts";
import { Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const path = ".scalpel/policy.yaml";
const policy = `version: "1.0"
enforcement:
  on_unverified: ask
protected:
  files: ["*.env", "confg/*.yaml"]
rules:
  - id: no-push
    match: {types: [command], commands: ["git push *"]}
    effect: ask
    reason: A person pushes
`;

async function accepted(text = policy): Promise<Project> {
  const project = new Project();
  project.write(path, text);
  project.write("config/app.yaml", "x: 1\n");
  await project.init(["--yes"]);
  return project;
}

describe("policy lint", () => {
  itOnBoth(
    "finds a misspelled folder in the tree, and looks only where told",
    async (program) => {
      using project = await accepted();
      const codes = async (...args: string[]) => {
        const { exit, value } = await project.json(["policy", "lint", ...args], { program });
        // deno-lint-ignore no-explicit-any -- a report under test
        return [exit, ...(value["findings"] as any[]).map(({ code }) => code)];
      };
      assertEquals(await codes(), [0, "pattern_misspelled"]);
      assertEquals(await codes("--skip-tree"), [0]);
      assertEquals(await codes("--strict"), [2, "pattern_misspelled"]);
      assertEquals(await codes("--strict", "--skip-tree"), [0]);
      const { stdout } = await project.run(["policy", "lint"], { program });
      assertMatch(stdout, /^warning\[pattern_misspelled\]: .*\n {2}\.scalpel\/policy\.yaml:5:20\n/);
      assertMatch(stdout, /\n +\^\nhint: the closest name there is "config"\n/);
    },
  );

  it("speaks to CI: annotations and SARIF, for what cannot be read as well", async () => {
    using project = await accepted();
    const github = await project.run(["policy", "lint", "--format", "github"]);
    assertMatch(github.stdout, /^::warning file=\.scalpel\/policy\.yaml,line=5,col=20,title=.*\n$/);
    project.write("draft.yaml", 'version: "1.0"\nprotect: {}\n');
    const sarif = await project.run(["policy", "lint", "draft.yaml", "--format", "sarif"]);
    assertEquals([sarif.exit, sarif.stderr], [3, ""]);
    const [result] = JSON.parse(sarif.stdout).runs[0].results;
    assertEquals([result.ruleId, result.level], ["policy_invalid", "error"]);
    assertEquals(result.locations[0].physicalLocation.region, { startLine: 2, startColumn: 1 });
    const missing = await project.run(["policy", "lint", "none.yaml", "--format", "sarif"]);
    assertEquals(missing.exit, 1);
    assertEquals(JSON.parse(missing.stdout).runs[0].results[0].ruleId, "policy_unreadable");
  });

  it("needs no install, and writes nothing", async () => {
    using project = new Project();
    project.write("draft.yaml", 'version: "1.0"\nprotected: {files: ["*.env"]}\n');
    const { exit, stdout } = await project.run(["policy", "lint", "draft.yaml"]);
    assertEquals([exit, stdout], [0, "draft.yaml: valid\n"]);
    assertEquals([...Deno.readDirSync(project.root)].map(({ name }) => name).sort(), [
      "draft.yaml",
      "src",
    ]);
  });
});

describe("policy schema", () => {
  itOnBoth(
    "is written by init where the policy's first line points, and refreshed",
    async (program) => {
      using project = new Project();
      await project.init([], { program });
      const schemaPath = ".scalpel/policy.schema.json";
      const wanted = policyJsonSchema();
      assertMatch(
        project.read(path),
        /^# yaml-language-server: \$schema=\.\/policy\.schema\.json\n/,
      );
      assertEquals(JSON.parse(project.read(schemaPath)), wanted);
      project.write(schemaPath, "{}");
      const { exit, stdout } = await project.run(["policy", "schema", "--write"], { program });
      assertEquals([exit, stdout], [0, `written: ${project.path(schemaPath)}\n`]);
      assertEquals(JSON.parse(project.read(schemaPath)), wanted);
      assertEquals(
        JSON.parse((await project.run(["policy", "schema"], { program })).stdout),
        wanted,
      );
    },
  );

  it("FILE-09 is no part of the policy: changed or gone, nothing is tampered with", async () => {
    using project = new Project();
    await project.init();
    const question = ["--type", "file_write", "--file", "src/app.ts"];
    const before = await ask(project, question);
    project.write(".scalpel/policy.schema.json", '{"x": 1}');
    const after = await ask(project, question);
    assertEquals([after.exit, after.decision.policy_digest], [0, before.decision.policy_digest]);
    Deno.removeSync(project.path(".scalpel/policy.schema.json"));
    assertEquals((await ask(project, question)).exit, 0);
    // But no agent writes it: it lies in the engine's own folder.
    const own = await ask(project, [
      "--type",
      "file_write",
      "--file",
      ".scalpel/policy.schema.json",
    ]);
    assertEquals([own.exit, own.codes], [2, ["path_protected"]]);
  });

  it("FILE-06 replaces a link in its place, and does not follow it", async () => {
    using project = new Project();
    await project.init();
    project.write("victim.txt", "mine");
    Deno.removeSync(project.path(".scalpel/policy.schema.json"));
    Deno.symlinkSync("../victim.txt", project.path(".scalpel/policy.schema.json"));
    assertEquals((await project.run(["policy", "schema", "--write"])).exit, 0);
    assertEquals(project.read("victim.txt"), "mine");
    assertEquals(Deno.lstatSync(project.path(".scalpel/policy.schema.json")).isFile, true);
  });
});

describe("explain", () => {
  const forbidden = ["--type", "file_write", "--file", ".env"];

  itOnBoth(
    "says what would be decided, with the policy's line, and logs no decision",
    async (program) => {
      using project = await accepted();
      const before = await readEntries(project, []);
      const { exit, stdout } = await project.run(["explain", ...forbidden], { program });
      assertEquals(exit, 0);
      assertMatch(stdout, /^WOULD DENY {2}file_write \.env\n/);
      assertStringIncludes(stdout, '5 |   files: ["*.env", "confg/*.yaml"]\n');
      assertMatch(stdout, /RULES\n {2}no-push \(ask\) {2}types, commands not met\n/);
      const { value } = await project.json(["explain", ...forbidden], { program });
      assertEquals([value["would"], value["policy_status"]], ["deny", "trusted"]);
      for (const key of ["decision", "allowed", "decision_id", "audit"]) {
        assertEquals(key in value, false, key);
      }
      assertEquals(await readEntries(project, []), before);
    },
  );

  it("comes to what check comes to, for a batch of different operations", async () => {
    using project = await accepted();
    const questions = [
      forbidden,
      ["--type", "file_read", "--file", ".env"],
      ["--type", "file_delete", "--file", ".scalpel"],
      ["--type", "file_write", "--file", "../x"],
      ["--type", "command", "--command", "git push origin"],
      ["--type", "command", "--command", "$X"],
      ["--type", "command", "--command", "ls && echo a > .env"],
      ["--type", "frobnicate"],
      ["--type", "tool_call", "--file", "src/a"],
    ];
    for (const question of questions) {
      const { value } = await project.json(["explain", ...question]);
      const { decision } = await ask(project, question);
      assertEquals(value["would"], decision.decision, question.join(" "));
      // deno-lint-ignore no-explicit-any -- an explanation under test
      const explained = (value["explanation"] as any).findings;
      assertEquals(
        // deno-lint-ignore no-explicit-any -- an explanation under test
        explained.map(({ policy, code, message }: any) => [policy, code, message]),
        decision.violations.map(({ policy, code, message }) => [policy, code, message]),
        question.join(" "),
      );
    }
  });

  it("says how far a rule was", async () => {
    using project = await accepted();
    const { value } = await project.json([
      "explain",
      "--type",
      "tool_call",
      "--file",
      "a",
      "--command",
      "git push x",
    ]);
    // deno-lint-ignore no-explicit-any -- an explanation under test
    const [rule] = (value["explanation"] as any).rules;
    assertEquals([rule.outcome, rule.met, rule.unmet], ["nearly", ["commands"], ["types"]]);
  });

  it("counts and looks back as check does, and counts nothing itself", async () => {
    using project = await accepted(`version: "1.0"
budgets:
  - {id: few, count: deletes, per: day, max: 1}
rules:
  - id: quiet
    match: {types: [file_write], after: {files: ["secret.txt"], within: day}}
  - id: tried
    mode: observe
    match: {types: [file_delete]}
`);
    const deletion = ["--type", "file_delete", "--file", "src/a"];
    const explain = async (question: readonly string[]) => {
      const { value } = await project.json(["explain", ...question]);
      // deno-lint-ignore no-explicit-any -- an explanation under test
      const { rules } = value["explanation"] as any;
      // deno-lint-ignore no-explicit-any -- an explanation under test
      return [value["would"], ...rules.map(({ outcome, unmet }: any) => `${outcome} ${unmet}`)];
    };
    for (let i = 0; i < 3; i++) {
      assertEquals(await explain(deletion), ["allow", "not types,after", "matched "]);
    }
    assertEquals((await ask(project, deletion)).exit, 0);
    assertEquals((await explain(deletion))[0], "deny");
    const writing = ["--type", "file_write", "--file", "src/b"];
    assertEquals((await explain(writing)).slice(0, 2), ["allow", "nearly after"]);
    await ask(project, ["--type", "file_read", "--file", "secret.txt"]);
    assertEquals((await explain(writing)).slice(0, 2), ["deny", "matched "]);
  });

  itOnBoth("R1 explains an entry by the policy of then", async (program) => {
    using project = await accepted();
    const { decision } = await ask(project, forbidden);
    const seq = String(decision.audit.seq);
    project.overwrite(path, 'version: "1.0"\nprotected: {files: ["other"]}\n');
    await project.run(["policy", "accept", "--yes"]);
    const { exit, stdout } = await project.run(["explain", seq], { program });
    assertEquals(exit, 0);
    assertMatch(stdout, new RegExp(`^DENY {2}entry ${seq}, .* file_write \\.env\n`));
    assertStringIncludes(stdout, "verified in the log, and made again from what is kept: the same");
    assertStringIncludes(stdout, '5 |   files: ["*.env", "confg/*.yaml"]\n');
    const { value } = await project.json(["explain", seq], { program });
    assertEquals([value["kind"], value["seq"]], ["entry", decision.audit.seq]);
  });

  it("knows no decision where there is none", async () => {
    using project = await accepted();
    for (const seq of ["0", "999999"]) {
      const { exit, value } = await project.json(["explain", seq]);
      assertEquals([exit, errorCode(value)], [3, "decision_missing"], seq);
    }
  });

  it("AUD-01 explains nothing from a log that was edited", async () => {
    using project = await accepted();
    const { decision } = await ask(project, forbidden);
    const log = project.read(".scalpel/audit.log");
    project.write(".scalpel/audit.log", log.replace('"decision":"deny"', '"decision":"ask_"'));
    const { exit, value } = await project.json(["explain", String(decision.audit.seq)]);
    assertEquals([exit, errorCode(value)], [5, "audit_tampered"]);
  });

  it("says so where the policy is not the trusted one", async () => {
    using project = await accepted();
    project.overwrite(path, policy.replace('"*.env", ', ""));
    const { exit, value } = await project.json(["explain", ...forbidden]);
    assertEquals([exit, value["would"], value["policy_status"]], [5, "deny", "tampered"]);
    assertEquals(JSON.stringify(value).includes("confg"), false);
  });

  itOnBoth("explains codes without an install, and suggests", async (program) => {
    using project = new Project();
    const run = (...args: string[]) => project.run(["explain", ...args], { program });
    const { exit, stdout } = await run("audit_full");
    assertEquals(exit, 0);
    assertMatch(stdout, /^audit_full {2}a failure: exit status 1, HTTP status 503\n {2}means /);
    const { value } = await project.json(["explain", "policy_tampered"], { program });
    assertEquals((value["meanings"] as unknown[]).length, 2);
    const unknown = await run("path_protectd");
    assertEquals([unknown.exit, unknown.stdout], [64, ""]);
    assertMatch(unknown.stderr, /the closest code is path_protected/);
    assertEquals((await run()).exit, 64);
    assertEquals((await run("audit_full", "--host", "codex")).exit, 64);
  });

  it("S1 shows no line of a policy that holds a secret", async () => {
    const token = `ghp_${crypto.randomUUID().replaceAll("-", "")}`;
    using project = await accepted(`version: "1.0"\nprotected: {files: ["*.env"]} # ${token}\n`);
    const { stdout } = await project.run(["explain", ...forbidden]);
    assertMatch(stdout, /policy\.yaml:2:/);
    assert(!stdout.includes(token));
  });
});
