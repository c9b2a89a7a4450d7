/** A check judges the file that is meant, however its name is spelled. */
import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { moduleUrl } from "../../scripts/compile_checks.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { Project } from "../support/sealward.ts";
import { ask } from "./fixtures/ask.ts";

/** An install whose one check is a module that comes with the program. */
async function withCheck(folder: string, settings: string): Promise<Project> {
  const project = new Project();
  await project.init();
  const module = Deno.readFileSync(moduleUrl(folder));
  Deno.mkdirSync(project.path(".scalpel/checks"));
  Deno.writeFileSync(project.path(".scalpel/checks/m.wasm"), module);
  const lines = [
    ...['version: "1.0"', "checks:", "  - id: m", "    file: m.wasm", "    abi: native-1"],
    `    sha256: "${encodeHex(sha256(module))}"`,
    `    settings: ${settings}`,
  ];
  project.write(".scalpel/policy.yaml", `${lines.join("\n")}\n`);
  assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
  for (const name of ["src", "lib/src", "tests/fixtures"]) {
    Deno.mkdirSync(project.path(name), { recursive: true });
  }
  Deno.symlinkSync("src", project.path("lnk"));
  Deno.symlinkSync("../../lib", project.path("tests/fixtures/l"));
  return project;
}

const write = (path: string, content: string, cwd?: string) => ({
  type: "file_write",
  affected_files: [path],
  content,
  ...(cwd === undefined ? {} : { cwd }),
});

/** Whether the check found something; nothing else stands against these operations. */
async function isFound(project: Project, operation: ReturnType<typeof write>): Promise<boolean> {
  const { decision } = await ask(project, operation);
  return decision.violations.some(({ policy }) => policy === "checks.m");
}

describe("checks and the names of files", () => {
  it("WASM-10 PATH-04 PATH-11 a pattern that includes is not walked around", async () => {
    const settings = '{header: ["// A line"], files: ["src/**"]}';
    using project = await withCheck("licence_header", settings);
    const { root } = project;
    const meant = ["src/x.py", "./src/x.py", `${root}/src/x.py`, "lib/../src/x.py", "lnk/x.py"];
    for (const path of [...meant, "src//x.py"]) {
      assertEquals(await isFound(project, write(path, "x")), true, path);
    }
    assertEquals(await isFound(project, write("x.py", "x", `${root}/src`)), true);
    assertEquals(await isFound(project, write("src/x.py", "x", `${root}/lib`)), false);
    assertEquals(await isFound(project, write("lib/src/x.py", "x")), false);
    assertEquals(await isFound(project, write("src/x.py", "// A line\nx")), false);
    const event = {
      session_id: "s",
      cwd: root,
      hook_event_name: "PreToolUse",
      tool_name: "Write",
      tool_input: { file_path: `${root}/src/y.py`, content: "x" },
    };
    const hook = await project.run(["hook", "claude-code"], { stdin: JSON.stringify(event) });
    assertEquals(JSON.parse(hook.stdout).hookSpecificOutput.permissionDecision, "deny");
  });

  it("WASM-10 PATH-04 PATH-11 a pattern that lets through lets nothing else through", async () => {
    using project = await withCheck("secrets", '{allow_paths: ["tests/fixtures/**"]}');
    const secret = `password = "${crypto.randomUUID().replaceAll("-", "Q")}"\n`;
    const allowed = ["tests/fixtures/a.py", `${project.root}/tests/fixtures/a.py`];
    for (const path of [...allowed, "./tests/./fixtures/a.py"]) {
      assertEquals(await isFound(project, write(path, secret)), false, path);
    }
    const outside = ["lib/a.py", "tests/fixtures/../../lib/a.py", "tests/fixtures/l/a.py"];
    for (const path of outside) {
      assertEquals(await isFound(project, write(path, secret)), true, path);
    }
  });
});
