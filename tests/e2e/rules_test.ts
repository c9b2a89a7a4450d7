/** Rules, from the text of the policy to exit status, words and log. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const policy = `version: "1.0"
protected:
  secret_files: ["*.pem"]
rules:
  - id: docs
    match: {files: ["docs/"], verbs: [write]}
    effect: ask
    reason: Docs are reviewed
  - id: notes
    match: {files: ["notes/"]}
    effect: warn
`;

async function accepted(text: string): Promise<Project> {
  const project = new Project();
  project.write(".scalpel/policy.yaml", text);
  await project.init(["--yes"]);
  return project;
}

describe("rules", () => {
  itOnBoth("ask with exit 4, in words, and with the rule's line", async (program) => {
    using project = await accepted(policy);
    const args = ["check", "--type", "file_write", "--file", "docs/a.md"];
    const { exit, stdout } = await project.run(args, { program });
    assertEquals(exit, 4);
    assertMatch(stdout, /^ASK {2}file_write docs\/a\.md\n/);
    assertStringIncludes(stdout, "Docs are reviewed  (.scalpel/policy.yaml:5:5)");
    const { value } = await project.json(args, { program });
    const { decision, allowed, overridable } = value;
    assertEquals({ decision, allowed, overridable }, {
      decision: "ask",
      allowed: false,
      overridable: true,
    });
  });

  itOnBoth("watching, allow what they would ask", async (program) => {
    using project = await accepted(`${policy}enforcement:\n  mode: observe\n`);
    const args = ["check", "--type", "file_write", "--file", "docs/a.md"];
    const { exit, stdout } = await project.run(args, { program });
    assertEquals(exit, 0);
    assertMatch(stdout, /^ALLOW {2}file_write docs\/a\.md {2}\[OBSERVE MODE: WOULD DENY\]\n/);
  });

  it("warn in the answer and in the log", async () => {
    using project = await accepted(policy);
    const asked = await project.json(["check", "--type", "file_write", "--file", "notes/a.md"]);
    const notice = "rule notes: it warns about this operation";
    assertEquals([asked.exit, asked.value["notices"]], [0, [notice]]);
    const entry = (await readEntries(project)).at(-1);
    assertEquals(entry?.details["warned"], ["notes"]);
    assertEquals(entry?.details["effects"], ["write notes/a.md"]);
  });

  it("hide a secret file from reading", async () => {
    using project = await accepted(policy);
    project.write("keys/deploy.pem", "secret");
    for (const path of ["keys/deploy.pem", "keys", "."]) {
      const args = ["check", "--type", "file_read", "--file", path];
      const { exit, value } = await project.json(args);
      assertEquals([exit, value["violated_policies"]], [2, ["protected.secret_files"]], path);
    }
  });

  it("are refused with line and column where a key is unknown", async () => {
    using project = await accepted(policy);
    project.overwrite(".scalpel/policy.yaml", policy.replace("verbs:", "verb:"));
    const { exit, stdout, stderr } = await project.run(["policy", "lint"]);
    assertEquals(exit, 3);
    assertStringIncludes(stdout + stderr, "policy.yaml:6:");
    assertStringIncludes(stdout + stderr, '"verb" in rules.0.match');
  });
});
