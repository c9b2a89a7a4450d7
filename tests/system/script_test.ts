/** Scripts that shells other than the author's will read. */
import { auditCommands } from "../../src/edge/cli/commands/audit_commands.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Outcome, Project } from "../support/sealward.ts";

const checkout = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

function run(project: Project, command: readonly string[], env = {}): Promise<Outcome> {
  return project.run([], { program: { name: command[0] ?? "", command }, env });
}

async function completion(project: Project, shell: string): Promise<string> {
  const { exit, stdout } = await project.run(["completion", shell]);
  assertEquals(exit, 0);
  const path = `${project.folder}/completion.${shell}`;
  Deno.writeTextFileSync(path, stdout);
  return path;
}

const parsers: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash", "-n"],
  zsh: ["zsh", "-n"],
  fish: ["fish", "--no-execute"],
};

/** Second words of the table, which the generated completions must offer. */
const auditWords = auditCommands.map(({ path }) => path[1]).sort();

describe("completion", () => {
  for (const [shell, command] of Object.entries(parsers)) {
    it(`${shell} parses the script printed for it`, async () => {
      using project = new Project();
      const path = await completion(project, shell);
      const { exit, stderr } = await run(project, [...command, path]);
      assertEquals([exit, stderr], [0, ""]);
      Deno.writeTextFileSync(path, "\nif ((\n", { append: true });
      assert((await run(project, [...command, path])).exit !== 0, "the parser finds errors");
    });
  }

  it("bash offers the commands", async () => {
    using project = new Project();
    const path = await completion(project, "bash");
    const script = 'source "$0"; COMP_WORDS=(sealward audit ""); COMP_CWORD=2; ' +
      '$(complete -p sealward | sed "s/.*-F \\([^ ]*\\).*/\\1/"); echo "${COMPREPLY[@]}"';
    const { stdout } = await run(project, ["bash", "-c", script, path]);
    assertEquals(stdout.trim().split(" ").sort(), auditWords);
  });

  it("fish offers the commands", async () => {
    using project = new Project();
    const path = await completion(project, "fish");
    const script = `source ${path}; complete --do-complete "sealward audit "`;
    const { stdout } = await run(project, ["fish", "--no-config", "-c", script]);
    const words = stdout.trim().split("\n").map((line) => line.split("\t")[0]).sort();
    assertEquals(words, auditWords);
  });
});

describe("shellcheck", () => {
  it("has nothing to say about the bash completion", async () => {
    using project = new Project();
    const path = await completion(project, "bash");
    const { exit, stdout } = await run(project, ["shellcheck", "--shell=bash", path]);
    assertEquals([exit, stdout], [0, ""]);
  });

  for (
    const name of [
      "scripts/deno",
      ".ci/run",
      "docs/examples/verify_fleet.sh",
      "docs/examples/ci_check_diff.sh",
      "docs/examples/pre-commit",
    ]
  ) {
    it(`has no warning about ${name}`, async () => {
      using project = new Project();
      const path = `${checkout}/${name}`;
      const { exit, stdout } = await run(project, ["shellcheck", "--severity=warning", path]);
      assertEquals([exit, stdout], [0, ""]);
    });
  }
});

/** A folder that holds these programs and no others, to be the whole PATH. */
function folderOfPrograms(project: Project, names: readonly string[]): string {
  const folder = `${project.folder}/bin`;
  Deno.mkdirSync(folder);
  for (const name of names) {
    const found = ["/usr/bin", "/bin", "/usr/local/bin", ...(Deno.env.get("PATH") ?? "").split(":")]
      .map((place) => `${place}/${name}`).find((path) => isThere(path));
    if (found === undefined) throw new Error(`no ${name} on PATH`);
    Deno.symlinkSync(Deno.realPathSync(found), `${folder}/${name}`);
  }
  return folder;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function copyCheckout(project: Project): Promise<string> {
  const target = `${project.folder}/checkout`;
  const script = 'mkdir "$1" && cd "$0" && git ls-files -z | xargs -0 cp --parents -t "$1" --';
  const { exit, stderr } = await run(project, ["sh", "-c", script, checkout, target]);
  assertEquals(exit, 0, stderr);
  return target;
}

const shellWords = ["sh", "sed", "dirname", "mkdir", "mv", "rm"];

describe("scripts/deno", () => {
  it("installs Deno in a fresh checkout with nothing but npm, then skips an unfit one", async () => {
    using project = new Project();
    const copy = await copyCheckout(project);
    const folder = folderOfPrograms(project, [...shellWords, "npm", "node"]);
    // The caller's own npm settings and cache, on a PATH that has nothing else.
    const env = { ...Deno.env.toObject(), PATH: folder };
    const wrapper = [`${copy}/scripts/deno`, "--version"];
    const first = await run(project, wrapper, env);
    assertEquals(first.exit, 0, first.stderr);
    assertStringIncludes(first.stdout, "deno 2.9.");
    const made = [...Deno.readDirSync(`${copy}/.toolchain`)].map(({ name }) => name);
    assertEquals(made.length, 1, `nothing half made: ${made}`);

    const bodies = ["echo deno 1.0.0", "echo deno 2.9.3", "echo deno 3.0.0", "exit 1", "echo gnu"];
    for (const body of bodies) {
      Deno.writeTextFileSync(`${folder}/deno`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      const { exit, stdout } = await run(project, wrapper, { PATH: folder });
      assertEquals(exit, 0, body);
      assertStringIncludes(stdout, "(stable, release", body);
    }
    Deno.writeTextFileSync(`${folder}/deno`, "#!/bin/sh\necho deno 2.9.4\n", { mode: 0o755 });
    assertEquals((await run(project, wrapper, { PATH: folder })).stdout, "deno 2.9.4\n");
  });

  it("says what to install when there is neither Deno nor npm", async () => {
    using project = new Project();
    const copy = await copyCheckout(project);
    const PATH = folderOfPrograms(project, shellWords);
    const { exit, stdout, stderr } = await run(project, [`${copy}/scripts/deno`], { PATH });
    assertEquals([exit, stdout], [1, ""]);
    assertStringIncludes(stderr, "hint:");
  });
});
