/** `checks pin|list|test`, and what `status` and `doctor` say of checks. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";
import { openChecksGround } from "./fixtures/checks_ground.ts";
import { errorCode } from "./fixtures/error_code.ts";

const policy = ".scalpel/policy.yaml";

async function pin(project: Project, name: string, more: readonly string[] = []): Promise<void> {
  const args = ["checks", "pin", `.scalpel/checks/${name}.wasm`, "--write", "--yes", ...more];
  const { exit, stderr } = await project.run(args);
  assertEquals(exit, 0, stderr);
}

/** Self-tests for the check that was pinned last. */
function addTests(project: Project, expect: string): void {
  const lines = "    tests:\n      - operation: {type: file_write, affected_files: [a.ts], " +
    `content: forbidden}\n        expect: ${expect}\n`;
  project.write(policy, `${project.read(policy).trimEnd()}\n${lines}`);
}

const accept = async (project: Project) =>
  assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);

async function findingsOf(project: Project, command: string) {
  const { value } = await project.json([command]);
  const findings = value["findings"] as readonly { level: string; subject: string }[];
  return findings.filter(({ subject }) => /^checks?(?: |$)/.test(subject))
    .map(({ level, subject }) => `${level} ${subject}`);
}

describe("a check from its file into force", () => {
  it("is pinned, tested, accepted, and denies", async () => {
    using project = await openChecksGround();
    const before = project.read(policy);
    const printed = await project.run(["checks", "pin", ".scalpel/checks/c_wasi.wasm"]);
    assertEquals([printed.exit, project.read(policy)], [0, before]);
    assertStringIncludes(printed.stdout, "checks:\n  - id: c_wasi\n    file: c_wasi.wasm\n");
    assertStringIncludes(printed.stderr, "policy accept");
    await pin(project, "c_wasi");
    assert(project.read(policy).startsWith(before.trimEnd()));
    assertStringIncludes(project.read(policy), printed.stdout.replace("checks:\n", ""));
    await pin(project, "c_native", ["--limit", "fuel=5000000", "--id", "second"]);
    addTests(project, "[forbidden_word]");
    const tested = await project.json(["checks", "test"]);
    assertEquals([tested.exit, tested.value["passed"]], [0, true]);
    assertEquals((await ask(project, { type: "command", command: "ls" })).decision.allowed, false);
    await accept(project);
    const { decision } = await ask(project, JSON.parse(project.read("bad.json")));
    const ids = decision.violations.map((violation) => violation.policy);
    assert(ids.includes("checks.c_wasi") && ids.includes("checks.second"), ids.join());
    assertEquals(
      (await ask(project, JSON.parse(project.read("good.json")))).decision.allowed,
      true,
    );
    assertEquals(await findingsOf(project, "status"), ["OK checks"]);
    const doctor = await findingsOf(project, "doctor");
    assertEquals(doctor, ["OK checks", "WARN check c_wasi", "OK check second"]);
    const listed = await project.json(["checks", "list"]);
    const rows = listed.value["checks"] as readonly { id: string; hash: string; tests: number }[];
    assertEquals(rows.map(({ id, hash, tests }) => [id, hash, tests]), [
      ["c_wasi", "ok", 0],
      ["second", "ok", 1],
    ]);
  });

  it("gets its new hash after a new build", async () => {
    using project = await openChecksGround();
    await pin(project, "c_wasi");
    const former = project.read(policy);
    const next = project.path(".scalpel/checks/rust_wasi.wasm");
    Deno.copyFileSync(next, project.path(".scalpel/checks/c_wasi.wasm"));
    const tested = await project.json(["checks", "test"]);
    assertEquals([tested.exit, JSON.stringify(tested.value).includes("hash_mismatch")], [1, true]);
    const listed = await project.json(["checks", "list"]);
    assertEquals([listed.exit, JSON.stringify(listed.value).includes("differs")], [1, true]);
    await pin(project, "c_wasi");
    assertEquals(project.read(policy).length, former.length);
    assertEquals((await project.run(["checks", "test", "c_wasi"])).exit, 0);
  });
});

describe("checks pin --write", () => {
  it("changes nothing where nobody agreed, the place is wrong, or the policy is locked", async () => {
    using project = await openChecksGround();
    const before = project.read(policy);
    const file = ".scalpel/checks/c_wasi.wasm";
    assertEquals((await project.run(["checks", "pin", file, "--write"], { stdin: "" })).exit, 64);
    Deno.copyFileSync(project.path(file), project.path("outside.wasm"));
    const outside = await project.json(["checks", "pin", "outside.wasm", "--write", "--yes"]);
    assertEquals([outside.exit, errorCode(outside.value)], [64, "usage"]);
    project.write("bad.wasm", "x");
    assertEquals((await project.run(["checks", "pin", "bad.wasm", "--write", "--yes"])).exit, 3);
    Deno.chmodSync(project.path(policy), 0o444);
    const locked = await project.json(["checks", "pin", file, "--write", "--yes"]);
    assertEquals([locked.exit, errorCode(locked.value)], [1, "output_unwritable"]);
    assertEquals(project.read(policy), before);
  });
});

describe("checks test", () => {
  it("fails for a test that does not come out, and so does doctor", async () => {
    using project = await openChecksGround();
    await pin(project, "c_native");
    addTests(project, "[]");
    const { exit, value } = await project.json(["checks", "test", "--all"]);
    const [check] = value["checks"] as readonly { readonly steps: readonly unknown[] }[];
    assertEquals([exit, value["passed"], check?.steps.length], [1, false, 3]);
    const text = await project.run(["checks", "test"]);
    assertStringIncludes(text.stdout, "found forbidden_word, wanted nothing");
    assertStringIncludes(text.stdout, "2 passed, 1 failed");
    await accept(project);
    assertEquals(await findingsOf(project, "doctor"), ["OK checks", "FAIL check c_native"]);
    assertEquals((await project.run(["doctor"])).exit, 1);
    const { decision } = await ask(project, { type: "command", command: "ls" });
    assertStringIncludes(JSON.stringify(decision.violations), "self_test_failed");
  });

  it("tries drafts, with modules beside them or of the project", async () => {
    using project = await openChecksGround();
    await pin(project, "c_wasi");
    project.write("drafts/policy.yaml", project.read(policy));
    assertEquals((await project.run(["checks", "test", "--policy", "drafts/policy.yaml"])).exit, 0);
    Deno.mkdirSync(project.path("drafts/checks"));
    const missing = await project.run(["checks", "test", "--policy", "drafts/policy.yaml"]);
    assertEquals([missing.exit, missing.stdout.includes("is not there")], [1, true]);
    const name = "checks/c_wasi.wasm";
    Deno.copyFileSync(project.path(`.scalpel/${name}`), project.path(`drafts/${name}`));
    for (const draft of ["drafts/policy.yaml", "drafts"]) {
      assertEquals((await project.run(["checks", "test", "--policy", draft])).exit, 0, draft);
    }
  });

  it("says so where there is nothing to test, or nothing of that name", async () => {
    using project = await openChecksGround();
    const none = await project.json(["checks", "test"]);
    assertEquals([none.exit, errorCode(none.value)], [2, "tests_missing"]);
    await pin(project, "c_wasi");
    const other = await project.json(["checks", "test", "nobody"]);
    assertEquals([other.exit, errorCode(other.value)], [3, "check_unknown"]);
    assertEquals((await project.run(["checks", "test", "c_wasi", "--all"])).exit, 64);
  });
});
