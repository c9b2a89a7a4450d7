/** `checks add` from the program's own files to a policy that denies by what it wrote. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { moduleUrl } from "../../scripts/compile_checks.ts";
import { shippedChecks } from "../../src/edge/cli/shipped_checks.ts";
import { Dice } from "../support/secret_corpus.ts";
import { Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const policyPath = ".scalpel/policy.yaml";

/** A policy with the lines that `checks add` printed for each. */
async function withAllChecks(): Promise<Project> {
  const project = new Project();
  let policy = 'version: "1.0"\nprotected:\n  files: ["*.env"]\nchecks:\n';
  for (const { name } of shippedChecks) {
    const { exit, stdout } = await project.run(["checks", "add", name]);
    assertEquals(exit, 0);
    // A busy machine gets its seconds, of the five that a hook has for all of them.
    const lines = stdout.replace(/^checks:\n/, "").replace(
      /^( +)abi:/m,
      "$1limits: {deadline_ms: 1600}\n$&",
    );
    assertStringIncludes(lines, "deadline_ms");
    policy += lines;
  }
  project.write(policyPath, policy);
  await project.init(["--yes"]);
  return project;
}

describe("checks add", () => {
  itOnBoth("writes the very module, once", async (program) => {
    using project = new Project();
    for (const { name, folder } of shippedChecks) {
      const { exit, value } = await project.json(["checks", "add", name], { program });
      assertEquals([exit, value["written"]], [0, true]);
      const written = Deno.readFileSync(`${project.root}/.scalpel/checks/${name}.wasm`);
      assertEquals(written, Deno.readFileSync(moduleUrl(folder)));
      const again = await project.json(["checks", "add", name], { program });
      assertEquals([again.exit, again.value["written"]], [0, false]);
    }
  });

  it("overwrites nothing unless it is told to, and follows no link", async () => {
    using project = new Project();
    project.write(".scalpel/checks/secrets.wasm", "mine");
    const refused = await project.json(["checks", "add", "secrets"]);
    assertEquals([refused.exit, errorCode(refused.value)], [1, "output_unwritable"]);
    assertEquals(project.read(".scalpel/checks/secrets.wasm"), "mine");
    project.write("elsewhere", "precious");
    Deno.removeSync(`${project.root}/.scalpel/checks/secrets.wasm`);
    Deno.symlinkSync(`${project.root}/elsewhere`, `${project.root}/.scalpel/checks/secrets.wasm`);
    const { exit } = await project.run(["checks", "add", "secrets", "--replace"]);
    assertEquals([exit, project.read("elsewhere")], [0, "precious"]);
  });

  it("WASM-06 says at once what else has the name: a FIFO, a folder, a link", async () => {
    using project = new Project();
    const path = `${project.root}/.scalpel/checks/secrets.wasm`;
    Deno.mkdirSync(path, { recursive: true });
    const add = async (...more: readonly string[]) => {
      const { exit, value } = await project.json(["checks", "add", "secrets", ...more]);
      return [exit, errorCode(value)];
    };
    assertEquals(await add(), [1, "check_unreadable"]);
    assertEquals(await add("--replace"), [1, "output_unwritable"]);
    Deno.removeSync(path);
    project.write("same.wasm", "");
    Deno.copyFileSync(moduleUrl("secrets"), `${project.root}/same.wasm`);
    for (const target of ["nowhere", `${project.root}/same.wasm`]) {
      Deno.symlinkSync(target, path);
      assertEquals(await add(), [1, "check_unreadable"], target);
      Deno.removeSync(path);
    }
    new Deno.Command("mkfifo", { args: [path] }).outputSync();
    assertEquals(await add(), [1, "check_unreadable"]);
    const { exit } = await project.run(["checks", "add", "secrets", "--replace"]);
    assertEquals([exit, Deno.readFileSync(path)], [0, Deno.readFileSync(moduleUrl("secrets"))]);
    Deno.removeSync(`${project.root}/.scalpel/checks`, { recursive: true });
    project.write(".scalpel/checks", "x");
    assertEquals(await add(), [1, "output_unwritable"]);
  });

  it("names what there is where a name is none", async () => {
    using project = new Project();
    const { exit, stderr } = await project.run(["checks", "add", "../secrets"]);
    assertEquals(exit, 64);
    assertStringIncludes(stderr, "secrets, complexity, licence-header");
  });

  it("prints lines that lint finds nothing in and whose self-tests pass", async () => {
    using project = await withAllChecks();
    const lint = await project.run(["policy", "lint", "--strict"]);
    assertEquals(lint.exit, 0, lint.stdout);
    const tests = await project.run(["checks", "test"]);
    assertEquals(tests.exit, 0, tests.stdout);
    assertMatch(tests.stdout, /^\d+ passed, 0 failed$/m);
  });
});

describe("shipped checks in a policy", () => {
  itOnBoth("deny what they are for, in a process of their own", async (program) => {
    using project = await withAllChecks();
    const codes = async (file: string, content: string) => {
      const operation = { type: "file_write", affected_files: [file], content };
      const stdin = JSON.stringify(operation);
      const { exit, value } = await project.json(["check", "-"], { program, stdin });
      // deno-lint-ignore no-explicit-any -- a decision under test
      const found = (value["violations"] as any[]).map(({ message }) =>
        /found (\w+):/.exec(message)?.[1]
      );
      return [exit, ...found.sort()];
    };
    const header = "// Copyright 2026 The Authors\n";
    assertEquals(await codes("src/a.c", `${header}int a;\n`), [0]);
    assertEquals(await codes("src/a.c", "int a;\n"), [2, "licence_header_missing"]);
    const password = `Zk3${new Dice(3).text("abcdefghjkmnpqrs23456789", 9)}`;
    const url = `x = "postgres://app:${password}@db.internal/main"\n`;
    assertEquals(await codes("a.py", url), [2, "url_password"]);
    const complex = `int f(int a) { ${"if (a) a++; ".repeat(16)}return a; }\n`;
    assertEquals(await codes("a.c", complex), [2, "limit_exceeded"]);
    const entries = await project.run(["audit", "query", "--format", "json"]);
    assert(!entries.stdout.includes(password), "S1 the log does not hold it");
    assertStringIncludes(entries.stdout, "process");
  });
});
