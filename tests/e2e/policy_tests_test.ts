/**
 * `sealward test` on the compiled binary: results, formats, exit statuses, watching.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, Project } from "../support/sealward.ts";

const policy = 'version: "1.0"\nprotected: {files: ["*.env", "*.pem"]}\n';
const tests = (expect: string) =>
  `schema_version: 1
cases:
  - name: env
    operation: {type: file_write, affected_files: ["prod.env"]}
    expect: {${expect}}
`;
const right = "decision: deny, violated_policies: [protected.files]";

/** A checkout without an install: no log, no keys. */
function checkout(expect = right): Project {
  const project = new Project();
  project.write(".scalpel/policy.yaml", policy);
  project.write(".scalpel/tests/a.yaml", tests(expect));
  return project;
}

function listAll(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? listAll(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

async function exitOf(project: Project, ...args: readonly string[]): Promise<number> {
  return (await project.run(["test", ...args])).exit;
}

describe("sealward test", () => {
  it("passes what init writes, with either policy", async () => {
    for (const args of [[], ["--guide"]]) {
      using project = new Project();
      await project.init(args);
      const { exit, stdout } = await project.run(["test"]);
      assertEquals(exit, 0, stdout);
      assertStringIncludes(stdout, "4 tests in 1 file: 4 passed, 0 failed");
    }
  });

  it("needs no install, and writes nothing", async () => {
    using project = checkout();
    const before = listAll(project.folder);
    assertEquals(await exitOf(project), 0);
    assertEquals(listAll(project.folder), before);
  });

  it("leaves an install's log as it is", async () => {
    using project = new Project();
    await project.init();
    const before = project.read(".scalpel/audit.log");
    assertEquals(await exitOf(project), 0);
    assertEquals(project.read(".scalpel/audit.log"), before);
  });

  it("fails for another answer, and for the same answer by another policy", async () => {
    using other = checkout("decision: allow");
    assertEquals(await exitOf(other), 2);
    using reason = checkout("decision: deny, violated_policies: [builtin.files]");
    const { exit, stdout } = await reason.run(["test"]);
    assertEquals(exit, 2);
    assertStringIncludes(stdout, "violated_policies: wanted builtin.files, got protected.files");
    assertStringIncludes(stdout, ".scalpel/policy.yaml:2");
  });

  it("fails when nothing is tested", async () => {
    using project = checkout();
    assertEquals(await exitOf(project, "--filter", "nowhere"), 2);
    assertEquals(await exitOf(project, "--filter", "ENV"), 0);
    assertEquals(await exitOf(project, "gone.yaml"), 2);
    Deno.removeSync(project.path(".scalpel/tests"), { recursive: true });
    assertEquals([await exitOf(project), await exitOf(project, "--allow-empty")], [2, 0]);
  });

  it("tells an invalid test and policy from a failed one, with the place", async () => {
    using project = checkout(`${right}, reason: x`);
    const { exit, stderr } = await project.run(["test"]);
    assertEquals(exit, 3);
    assertMatch(stderr, /error\[tests_invalid\]/);
    assertMatch(stderr, /\.scalpel\/tests\/a\.yaml:5:68\n.*\n +\^/);
    project.write(".scalpel/tests/a.yaml", tests(right));
    project.write(".scalpel/policy.yaml", 'version: "1.0"\nprotectd: {}\n');
    assertEquals(await exitOf(project), 3);
    assertEquals((await project.json(["test"])).exit, 3);
  });

  it("reads no test through a link", async () => {
    using project = checkout();
    Deno.symlinkSync(project.path(".scalpel/tests/a.yaml"), project.path(".scalpel/tests/b.yaml"));
    const { exit, stderr } = await project.run(["test"]);
    assertEquals(exit, 1);
    assertStringIncludes(stderr, "tests_unreadable");
  });

  it("tests a candidate that nobody trusts, and decides nothing by it", async () => {
    using project = new Project();
    await project.init();
    project.write("draft.yaml", 'version: "1.0"\n');
    project.write(".scalpel/tests/example.yaml", tests(right));
    assertEquals(await exitOf(project), 0);
    assertEquals(await exitOf(project, "--policy", "draft.yaml"), 2);
    const check = await project.run(["check", "--type", "file_write", "--file", "prod.env"]);
    assertEquals(check.exit, 2);
    project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
    assertEquals(await exitOf(project), 2);
    assertEquals((await project.run(["check", "--type", "file_read", "--file", "a"])).exit, 5);
  });

  it("counts lines of the policy that no test meets", async () => {
    using project = checkout();
    const { exit, value } = await project.json(["test", "--coverage"]);
    const { coverage } = value as { coverage: { total: number; uncovered: { name: string }[] } };
    assertEquals([exit, coverage.total], [0, 2]);
    assertEquals(coverage.uncovered.map(({ name }) => name), ['protected.files "*.pem"']);
    assertEquals(await exitOf(project, "--fail-on-uncovered"), 2);
  });

  it("speaks JUnit and GitHub", async () => {
    using project = checkout("decision: allow");
    const junit = await project.run(["test", "--format", "junit"]);
    assertEquals(junit.exit, 2);
    assertStringIncludes(junit.stdout, '<testsuites name="sealward test" tests="1" failures="1"');
    const github = await project.run(["test", "--format", "github"]);
    assertEquals(github.exit, 2);
    assertMatch(github.stdout, /^::error file=\.scalpel\/tests\/a\.yaml,line=3,col=5,title=env::/);
  });

  it("reads what --as-test writes of real decisions", async () => {
    using project = new Project();
    await project.init();
    for (const file of ["a.ts", "prod.env"]) {
      await project.run(["check", "--type", "file_write", "--file", file]);
    }
    const { stdout } = await project.run(["audit", "query", "--as-test"]);
    project.write("logged.yaml", stdout);
    const { exit, value } = await project.json(["test", "logged.yaml"]);
    assertEquals([exit, value["passed"], value["failed"]], [0, 2, 0]);
  });

  it("watches: tests again when the policy changes, and ends when it is told to", async () => {
    using project = checkout();
    const child = new Deno.Command(binaryPath, {
      args: ["test", "--watch"],
      cwd: project.root,
      clearEnv: true,
      env: { HOME: project.home },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let text = "";
    const reading = (async () => {
      for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part;
    })();
    const until = async (wanted: string) => {
      for (let i = 0; i < 200 && !text.includes(wanted); i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assertStringIncludes(text, wanted);
    };
    await until("1 passed, 0 failed");
    project.write(".scalpel/policy.yaml", 'version: "1.0"\n');
    await until("0 passed, 1 failed");
    child.kill("SIGINT");
    const { code } = await child.status;
    await reading;
    assert(code !== 0);
  });
});
