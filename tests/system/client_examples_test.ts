/** The examples of docs/examples that ask Sealward, on the compiled program, as a user runs them. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { binaryFolder, runPython } from "../support/python_client.ts";
import { compiled, type Outcome, Project } from "../support/sealward.ts";

const checkout = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const example = (name: string): string => `${checkout}/docs/examples/${name}`;
const path = `${binaryFolder()}:/usr/bin:/bin`;
const gitVariables = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@t",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@t",
};

function shell(project: Project, script: string, env = {}): Promise<Outcome> {
  const program = { name: "sh", command: ["sh", "-c", script] };
  return project.run([], { program, env: { PATH: path, ...gitVariables, ...env } });
}

async function succeed(project: Project, script: string): Promise<string> {
  const { exit, stdout, stderr } = await shell(project, script);
  assertEquals(exit, 0, stderr);
  return stdout.trim();
}

const isThere = (project: Project, name: string): boolean =>
  [...Deno.readDirSync(project.root)].some((entry) => entry.name === name);

/** What a model might ask for; `.env` and the delete are against the guide's policy. */
const calls = [
  { tool: "write_file", input: { path: "notes.txt", text: "hello" } },
  { tool: "read_file", input: { path: "notes.txt" } },
  { tool: "write_file", input: { path: "prod.env", text: "KEY=1" } },
  { tool: "run", input: { command: "rm notes.txt" } },
  { tool: "run", input: { command: "cat notes.txt" } },
  { tool: "format_disk", input: {} },
].map((call) => `${JSON.stringify(call)}\n`).join("");

interface Result {
  readonly result?: string;
  readonly error?: string;
}

function expectResults(project: Project, { exit, stdout, stderr }: Outcome): void {
  assertEquals(exit, 0, stderr);
  const results = stdout.trim().split("\n").map((line): Result => JSON.parse(line));
  assertEquals([results[0]?.result, results[1]?.result], ["wrote 5 characters", "hello"]);
  assertMatch(results[2]?.error ?? "", /\*\.env/);
  assertMatch(results[3]?.error ?? "", /delete/);
  assertEquals(results[4]?.result, "exit 0\nhello");
  assertEquals(results[5]?.error, "there is no tool format_disk");
  assertEquals(results.length, 6);
  assertEquals(project.read("notes.txt"), "hello");
  assert(!isThere(project, "prod.env"));
}

async function decisions(project: Project): Promise<readonly string[]> {
  const { value } = await project.json(["audit", "query", "--type", "audit.decision"]);
  const entries = value["entries"] as readonly {
    readonly details: { readonly decision: string };
  }[];
  return entries.map(({ details }) => details.decision);
}

/** An install whose limits every one of the calls can be measured by. */
async function toolProject(): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  const protection = 'protected: {files: ["*.env"], operations: [delete]}';
  project.write(".scalpel/policy.yaml", `version: "1.0"\n${protection}\n`);
  await project.init(["--yes"]);
  opened.move();
  return project;
}

describe("docs/examples: guarded tools of an agent loop", () => {
  it("guarded_tools.py runs what is allowed and nothing else", async () => {
    using project = await toolProject();
    const script = "docs/examples/guarded_tools.py";
    expectResults(project, await runPython(project, [script], { stdin: calls }));
    assertEquals(await decisions(project), ["allow", "allow", "deny", "deny", "allow"]);
  });

  it("ARCH-04 guarded_tools.py does nothing where nobody answers", async () => {
    using project = await toolProject();
    const script = "docs/examples/guarded_tools.py";
    const env = { PATH: "/usr/bin:/bin" };
    const { exit, stderr } = await runPython(project, [script], { stdin: calls, env });
    assert(exit !== 0);
    assertStringIncludes(stderr, "there is no program sealward");
    assert(!isThere(project, "notes.txt"));
  });

  for (const runtime of ["deno", "node"]) {
    it(`guarded_tools.ts on ${runtime} runs what is allowed and nothing else`, async () => {
      using project = await toolProject();
      const bundle = `${project.folder}/guarded_tools.mjs`;
      const bundled = await new Deno.Command(Deno.execPath(), {
        args: ["bundle", "--quiet", "--platform=deno", "-o", bundle, example("guarded_tools.ts")],
        cwd: checkout,
      }).output();
      assert(bundled.success, new TextDecoder().decode(bundled.stderr));
      const server = await startServer(project, compiled);
      try {
        const state = project.stateFolder();
        const run = runtime === "node"
          ? ["node", bundle]
          : [Deno.execPath(), "run", "--quiet", "--no-config", "-A", bundle];
        const [token, key] = [`${state}/tokens/agent`, `${state}/keys/server.pub`];
        const program = { name: runtime, command: run };
        // Named on the line, and by what `exec --serve` hands over.
        const isHanded = runtime === "node";
        const args = isHanded ? [] : [server.url, token, key];
        const env = {
          PATH: `${Deno.env.get("PATH") ?? ""}`,
          ...(isHanded && {
            SCALPEL_SERVER: server.url,
            SCALPEL_TOKEN_FILE: token,
            SCALPEL_SERVER_KEY_FILE: key,
          }),
        };
        expectResults(project, await project.run(args, { program, stdin: calls, env }));
        assertEquals(await server.stop(), 0);
        // Nobody answers now.
        Deno.removeSync(project.path("notes.txt"));
        const alone = await project.run(args, { program, stdin: calls, env });
        assertEquals(alone.exit, 0, alone.stderr);
        const errors = alone.stdout.trim().split("\n").map((line): Result => JSON.parse(line));
        assert(errors.every(({ error }) => error !== undefined), alone.stdout);
        assert(!isThere(project, "notes.txt"));
      } finally {
        await server.stop().catch(() => null);
      }
    });
  }
});

describe("docs/examples: policy_enforced_mcp_server.py", () => {
  const script = "docs/examples/policy_enforced_mcp_server.py";
  const rules = "rules: [{id: notes, match: {tools: [read_note, write_note]}, effect: warn}]";
  const message = (id: number, method: string, params: object) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
  const write = (id: number, file: string) =>
    message(id, "tools/call", { name: "write_note", arguments: { path: file, text: "hello" } });

  async function converse(project: Project, stdin: string) {
    const { exit, stdout, stderr } = await runPython(project, [script], { stdin });
    assertEquals([exit, stderr], [0, ""]);
    return stdout.trim().split("\n").map((line) => JSON.parse(line));
  }

  it("answers a client, and calls no tool that is denied", async () => {
    using project = new Project();
    const protection = 'protected: {files: ["*.env"]}';
    project.write(".scalpel/policy.yaml", `version: "1.0"\n${protection}\n${rules}\n`);
    await project.init(["--yes"]);
    const answers = await converse(
      project,
      message(1, "initialize", { protocolVersion: "2025-11-25", capabilities: {} }) +
        `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n` +
        message(2, "tools/list", {}) + write(3, "a.txt") + write(4, "prod.env") +
        write(5, "../outside.txt") +
        message(6, "tools/call", { name: "read_note", arguments: { path: "a.txt" } }) +
        message(7, "tools/erase", {}),
    );
    assertEquals(answers.map(({ id }) => id), [1, 2, 3, 4, 5, 6, 7]);
    assertEquals(answers[0].result.protocolVersion, "2025-11-25");
    assertEquals(answers[1].result.tools.length, 2);
    // The rule names the tools, and no place outside the project.
    const errors = answers.slice(2, 6).map(({ result }) => result.isError);
    assertEquals(errors, [false, true, true, false]);
    assertMatch(answers[3].result.content[0].text, /^PolicyModificationError: /);
    assertEquals(answers[5].result.content[0].text, "hello");
    assertEquals(answers[6].error.code, -32601);
    assert(!isThere(project, "prod.env"));
    assert(![...Deno.readDirSync(project.folder)].some(({ name }) => name === "outside.txt"));
  });

  it("calls no tool that the policy does not name", async () => {
    using project = new Project();
    await project.init();
    const [answer] = await converse(project, write(1, "a.txt"));
    assertEquals(answer.result.isError, true);
    assert(!isThere(project, "a.txt"));
  });
});

const policyText = `version: "1.0"
limits: {max_changes_per_operation: 10}
protected: {files: ["*.env"], operations: [delete]}
`;

/** A repository with the policy and one file, committed. */
async function repository(): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  project.write(".scalpel/policy.yaml", policyText);
  project.write("src/app.py", "x = 1\n");
  project.write("ci/ci_check_diff.sh", Deno.readTextFileSync(example("ci_check_diff.sh")));
  await succeed(
    project,
    "git init -q -b main && git add .scalpel/policy.yaml src ci && git commit -qm base",
  );
  opened.move();
  return project;
}

/** Commits what `change` does and judges it; what the step of ci.yml would print. */
async function judge(project: Project, change: string): Promise<Outcome> {
  const base = await succeed(project, "git rev-parse HEAD");
  await succeed(project, `${change} && git add -A -f src . && git commit -qm change`);
  const head = await succeed(project, "git rev-parse HEAD");
  const file = parse(Deno.readTextFileSync(example("ci.yml"))) as {
    jobs: { policy: { steps: { run?: string }[] } };
  };
  const run = file.jobs.policy.steps.find((step) => step.run !== undefined)?.run ?? "exit 99";
  return shell(project, run, { BASE: base, HEAD: head, RUNNER_TEMP: project.folder });
}

function verdicts({ stdout }: Outcome): readonly string[] {
  return stdout.trim().split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line).decision);
}

describe("docs/examples: ci.yml and ci_check_diff.sh", () => {
  it("allows a small change and leaves the checkout as it is", async () => {
    using project = await repository();
    const outcome = await judge(project, "echo 'y = 2' >> src/app.py && echo a > 'src/a b.py'");
    assertEquals([outcome.exit, verdicts(outcome)], [0, ["allow", "allow"]], outcome.stderr);
    assertEquals(
      await succeed(project, "git status --porcelain && git worktree list | wc -l"),
      "1",
    );
    assertEquals([...Deno.readDirSync(project.path(".scalpel"))].length, 1);
  });

  it("denies by the base's policy, whatever the change says of it", async () => {
    using project = await repository();
    const loose = `printf 'version: "1.0"\\n' > .scalpel/policy.yaml && echo K=1 > prod.env`;
    const outcome = await judge(project, loose);
    assertEquals([outcome.exit, verdicts(outcome)], [2, ["deny", "deny"]], outcome.stderr);
  });

  it("measures the diff, and denies a delete and a binary under a protected name", async () => {
    using project = await repository();
    assertEquals((await judge(project, "seq 1 40 > src/long.py")).exit, 2);
    assertEquals((await judge(project, "git rm -q src/app.py")).exit, 2);
    assertEquals((await judge(project, "printf 'a\\0b' > src/data.bin")).exit, 0);
    assertEquals((await judge(project, "printf 'a\\0b' > src/data.env")).exit, 2);
  });

  it("ARCH-04 fails where it could not look", async () => {
    using project = await repository();
    const script = `sh ${example("ci_check_diff.sh")}`;
    assertEquals((await shell(project, `${script} HEAD nothing`)).exit, 1);
    assertEquals((await shell(project, `${script} HEAD`)).exit, 64);
    const away = { SEALWARD: "/nowhere/sealward" };
    await succeed(project, "echo a > b.py && git add b.py && git commit -qm b");
    assertEquals((await shell(project, `${script} HEAD~1 HEAD`, away)).exit, 1);
    const named = "touch \"src/a$(printf '\\nb')\"";
    assertEquals((await judge(project, named)).exit, 3);
  });
});

describe("docs/examples: pre-commit", () => {
  async function hooked(): Promise<Project> {
    using opened = new DisposableStack();
    const project = opened.use(await repository());
    await project.init(["--yes"]);
    await succeed(
      project,
      `cp ${example("pre-commit")} .git/hooks/ && chmod +x .git/hooks/pre-commit`,
    );
    opened.move();
    return project;
  }
  const count = (project: Project) => succeed(project, "git rev-list --count HEAD");

  it("lets a commit through that the policy allows, with an entry for it", async () => {
    using project = await hooked();
    const made = await shell(project, "echo a > 'src/a b' && git add src && git commit -qm ok");
    assertEquals(made.exit, 0, made.stderr);
    assertEquals([await count(project), await decisions(project)], ["2", ["allow"]]);
  });

  it("stops one that it denies, and one that nobody judged", async () => {
    using project = await hooked();
    const env = await shell(project, "echo K=1 > a.env && git add a.env && git commit -qm no");
    assert(env.exit !== 0);
    assertStringIncludes(env.stderr, "Sealward did not allow it");
    await succeed(project, "git reset -q");
    const deleted = await shell(project, "git rm -q src/app.py && git commit -qm no");
    assert(deleted.exit !== 0);
    await succeed(project, "git reset -q --hard && echo b > src/b && git add src");
    const alone = await shell(project, "git commit -qm no", { SEALWARD: "/nowhere/sealward" });
    assert(alone.exit !== 0);
    assertEquals(await count(project), "1");
    assertEquals(await decisions(project), ["deny", "deny"]);
  });
});
