/**
 * The folders of `checks new`, built by the very commands in their READMEs, with compilers of Debian
 * and npm. Rego is not among them: neither brings its compiler.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";

interface Template {
  readonly language: string;
  /** Which of the README's blocks of commands builds it here. */
  readonly block: number;
  readonly abi: string;
}

const templates: readonly Template[] = [
  // The block of Debian's compiler; rustup's needs a download.
  { language: "rust", block: 1, abi: "wasi-cmd" },
  { language: "c", block: 0, abi: "native-1" },
  { language: "assemblyscript", block: 0, abi: "native-1" },
];

/** Blocks of shell commands, in order. */
function blocksOf(readme: string): readonly string[] {
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
}

async function build(folder: string, commands: string): Promise<void> {
  const command = new Deno.Command("bash", {
    args: ["-euc", commands],
    cwd: folder,
    // Of the system's own compilers, whatever else is installed.
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
}

describe("a template of checks new", () => {
  for (const { language, block, abi } of templates) {
    it(`${language}: builds as its README says, is a check, and comes into force`, async () => {
      using project = new Project();
      await project.init();
      const made = await project.run(["checks", "new", "no-word", "--lang", language]);
      assertEquals(made.exit, 0, made.stderr);
      const readme = project.read("no-word/README.md");
      await build(project.path("no-word"), blocksOf(readme)[block] ?? "false");
      const inspected = await project.json(["checks", "inspect", "no-word/no-word.wasm"]);
      assertEquals([inspected.exit, inspected.value["abi"]], [0, abi]);
      const operation = ["--operation", "no-word/operation.json"];
      const { exit, value } = await project.json(
        ["checks", "run", "no-word/no-word.wasm", ...operation],
      );
      const found = value["violations"] as readonly { readonly code: string }[];
      assertEquals([exit, found.map(({ code }) => code)], [2, ["forbidden_word"]]);
      await bringIntoForce(project, readme);
    });
  }

  it("rego: says where its compiler comes from", async () => {
    using project = new Project();
    await project.run(["checks", "new", "no-word", "--lang", "rego"]);
    assertMatch(project.read("no-word/README.md"), /opa build -t wasm -e check\/deny/);
  });
});

/** By the README's last steps, and with the tests it shows. */
async function bringIntoForce(project: Project, readme: string): Promise<void> {
  project.write(".scalpel/checks/keep", "");
  Deno.removeSync(project.path(".scalpel/checks/keep"));
  const module = ".scalpel/checks/no-word.wasm";
  Deno.copyFileSync(project.path("no-word/no-word.wasm"), project.path(module));
  const pinned = await project.run(["checks", "pin", module, "--write", "--yes"]);
  assertEquals(pinned.exit, 0, pinned.stderr);
  const [, tests = ""] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const policy = ".scalpel/policy.yaml";
  project.write(policy, `${project.read(policy).trimEnd()}\n${tests}`);
  const { exit, value } = await project.json(["checks", "test"]);
  assertEquals([exit, value["passed"]], [0, true], JSON.stringify(value));
  assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
  const denied = await project.json(["check", "no-word/operation.json"]);
  assertEquals(JSON.stringify(denied.value).includes("checks.no-word"), true);
}
