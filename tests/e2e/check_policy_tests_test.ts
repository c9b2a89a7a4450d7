/** Checks in policy tests, in what a person is shown, and behind the acceptance; compiled program. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hexDigest } from "../../src/core/integrity/hex_digest.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";
import { openChecksGround } from "./fixtures/checks_ground.ts";

const policy = ".scalpel/policy.yaml";
const module = ".scalpel/checks/c_native.wasm";

const hashOf = (project: Project) => hexDigest(Deno.readFileSync(project.path(module)), sha256);

const policyOf = (project: Project, more = "") =>
  `version: "1.0"\nchecks:\n  - id: words\n    file: c_native.wasm\n    abi: native-1\n` +
  `    sha256: "${hashOf(project)}"\n${more}`;

const tests = (expect: string) =>
  `schema_version: 1
cases:
  - name: word
    operation: {type: file_write, affected_files: ["a.ts"], content: forbidden}
    expect: {${expect}}
  - name: none
    operation: {type: file_write, affected_files: ["a.ts"], content: fine}
    expect: {decision: allow}
`;
const denied = "decision: deny, violated_policies: [checks.words]";

async function test(project: Project, ...args: readonly string[]) {
  const { exit, value } = await project.json(["test", ".scalpel/tests/words.yaml", ...args]);
  const cases = value["tests"] as readonly {
    passed: boolean;
    got: { violations: { code: string }[] };
  }[];
  return {
    exit,
    passed: cases.map(({ passed }) => passed),
    codes: cases.flatMap(({ got }) => got.violations.map(({ code }) => code)),
    unmeasured: value["unmeasured"],
  };
}

describe("checks and policy tests", () => {
  it("runs them in the sandbox, with the files of the policy that is tested", async () => {
    using project = await openChecksGround();
    project.write(policy, policyOf(project));
    project.write(".scalpel/tests/words.yaml", tests(denied));
    assertEquals(await test(project), {
      ...{ exit: 0, passed: [true, true], codes: ["check_violated"], unmeasured: undefined },
    });
    // A draft in a folder of its own, whose module is another one than it pins.
    project.write("draft/policy.yaml", policyOf(project));
    project.write("draft/checks/c_native.wasm", "not the one");
    const broken = await test(project, "--policy", "draft");
    assertEquals([broken.exit, broken.passed], [2, [true, false]]);
    assertEquals(broken.codes, ["check_failed", "check_failed"]);
    Deno.copyFileSync(project.path(module), project.path("draft/checks/c_native.wasm"));
    assertEquals((await test(project, "--policy", "draft")).exit, 0);
  });

  it("says unmeasured of a draft that is a single file, and denies nothing for it", async () => {
    using project = await openChecksGround();
    project.write("draft.yaml", policyOf(project));
    project.write(".scalpel/tests/words.yaml", tests("decision: allow"));
    assertEquals(await test(project, "--policy", "draft.yaml"), {
      ...{ exit: 0, passed: [true, true], codes: [], unmeasured: ["checks.words"] },
    });
    const { stdout } = await project.run(["test", "--policy", "draft.yaml"]);
    assertStringIncludes(stdout, "UNMEASURED nobody ran checks.words");
  });

  it("shows a module by name, size and hash, and never as text", async () => {
    using project = await openChecksGround();
    project.write(policy, policyOf(project));
    const { size } = Deno.statSync(project.path(module));
    const { exit, stderr } = await project.run(["policy", "accept", "--yes"]);
    assertEquals(exit, 0, stderr);
    assertStringIncludes(stderr, `new: ${module} (${size} bytes, sha256 ${hashOf(project)})`);
    assert(!stderr.includes("asm\u0001") && !stderr.includes("\u0000"));
  });

  it("WASM-08 a module changed after the acceptance is tampering: exit 5, until it is back", async () => {
    using project = await openChecksGround();
    project.write(policy, policyOf(project));
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    const operation = { type: "file_write", affected_files: ["a.ts"], content: "fine" };
    const asked = async () => {
      const { exit, codes } = await ask(project, operation);
      return [exit, ...codes];
    };
    assertEquals(await asked(), [0]);
    const bytes = Deno.readFileSync(project.path(module));
    const changed = bytes.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    for (
      const attack of [
        () => Deno.writeFileSync(project.path(module), changed),
        () => Deno.removeSync(project.path(module)),
        () => Deno.writeTextFileSync(project.path(`${module}.more`), ""),
      ]
    ) {
      attack();
      assertEquals(await asked(), [5, "policy_tampered"]);
      assertEquals((await project.run(["verify"])).exit, 5);
      Deno.writeFileSync(project.path(module), bytes);
    }
    Deno.removeSync(project.path(`${module}.more`));
    assertEquals(await asked(), [0]);
  });

  it("lints checks with the files they pin", async () => {
    using project = await openChecksGround();
    project.write(policy, policyOf(project, "    isolation: inline\n"));
    const { value } = await project.json(["policy", "lint"]);
    const codes = (value["findings"] as readonly { code: string }[]).map(({ code }) => code).sort();
    assertEquals(codes.filter((code) => code.startsWith("check_")), [
      ...["check_inline", "check_unpinned", "check_unpinned", "check_unpinned", "check_untested"],
    ]);
  });
});
