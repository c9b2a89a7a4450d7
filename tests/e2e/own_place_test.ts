/** What belongs to the engine is guarded where it lies, whatever it is called there. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import { compiled, Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";

async function policiesOf(
  project: Project,
  file: string,
  options: { readonly env?: Readonly<Record<string, string>>; readonly root?: string } = {},
): Promise<readonly string[]> {
  const root = options.root === undefined ? [] : ["--root", options.root];
  const args = ["check", "--type", "file_write", "--file", file, ...root];
  const { value } = await project.json(args, options.env === undefined ? {} : { env: options.env });
  return (value as unknown as Decision).violated_policies;
}

describe("the engine's own places", () => {
  it("ARCH-01 FILE-10 keys, tokens, mark and record are guarded in the state folder", async () => {
    using project = new Project();
    await project.init();
    const state = project.stateFolder();
    const names = [
      "keys/checkpoint.pem",
      "tokens/operator",
      "tokens/approver",
      "log/mark.0",
      "install.json",
    ];
    for (const name of names) {
      const policies = await policiesOf(project, `${state}/${name}`);
      assert(policies.includes("builtin.files"), name);
    }
  });

  it("FILE-10 the program itself, under whatever name it was installed", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path("tools"));
    Deno.copyFileSync(compiled.command[0] ?? "", project.path("tools/guard"));
    Deno.chmodSync(project.path("tools/guard"), 0o755);
    const program = { name: "copy", command: [project.path("tools/guard")] };
    const args = ["check", "--type", "file_write", "--file", "tools/guard"];
    const { value } = await project.json(args, { program });
    assert((value as unknown as Decision).violated_policies.includes("builtin.files"));
  });

  it("CFG-08 refuses to keep keys inside the workspace, and leaves nothing", async () => {
    using project = new Project();
    const env = { XDG_STATE_HOME: project.path(".state") };
    // Root keeps state elsewhere whatever the variable says.
    if (Deno.uid() === 0) return;
    const { exit, value } = await project.json(["init", "--guide"], { env });
    assertEquals([exit, errorCode(value)], [1, "secret_unsafe"]);
    assertEquals([...Deno.readDirSync(project.root)].map(({ name }) => name), ["src"]);
  });

  it("FILE-06 PATH-11 refuses a .scalpel that is a link", async () => {
    using project = new Project();
    Deno.mkdirSync(project.path("other"));
    Deno.symlinkSync("other", project.path(".scalpel"));
    const { exit, value } = await project.json(["init", "--guide"]);
    assertEquals([exit, errorCode(value)], [1, "policy_unreadable"]);
    assertEquals([...Deno.readDirSync(project.path("other"))].length, 0);
  });

  it("FILE-10 --output cannot be a way to write what is always protected", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path(".claude"));
    for (const path of [".claude/settings.json", ".scalpel/policy.yaml", ".scalpel/audit.log"]) {
      const args = ["check", "--type", "file_read", "--file", "src/app.ts", "--output", path];
      assertEquals((await project.run(args)).exit, 64, path);
    }
    assertEquals((await project.run(["verify"])).exit, 0);
  });
});

describe("policy accept", () => {
  it("UX-06 shows all of a line, also with --quiet", async () => {
    using project = new Project();
    await project.init();
    const hidden = `enforcement: {fail_closed: true,${" ".repeat(500)}enabled: false}`;
    project.overwrite(".scalpel/policy.yaml", `version: "1.0"\n${hidden}\n`);
    const { exit, stderr } = await project.run(["policy", "accept", "--quiet"]);
    assertEquals(exit, 2);
    assert(stderr.includes("enabled: false") && stderr.includes("500 blanks"), stderr);
  });

  it("has nothing to ask when nothing changed", async () => {
    using project = new Project();
    await project.init();
    assertEquals((await project.run(["policy", "accept"])).exit, 0);
    const { value } = await project.json(["audit", "query", "--severity", "CRITICAL"]);
    assertEquals((value["entries"] as unknown[]).length, 1);
  });
});

describe("init", () => {
  it("lets one of eight at once win, and the winner's install works", async () => {
    using project = new Project();
    project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
    const all = await Promise.all(
      Array.from({ length: 8 }, () => project.run(["init", "--yes"])),
    );
    assertEquals(all.filter(({ exit }) => exit === 0).length, 1);
    const { exit } = await project.run(["check", "--type", "file_write", "--file", "src/app.ts"]);
    assertEquals(exit, 0);
    assertEquals((await project.run(["verify"])).exit, 0);
  });
});
