/** From `init` to a report and a proposed policy, on the program as it is shipped. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, type Program, Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const agent = { name: "claude-code", session: "s-1" };
const operations: readonly Readonly<Record<string, unknown>>[] = [
  { type: "file_write", affected_files: ["src/app.ts"], content: "x", agent },
  { type: "file_read", affected_files: ["README.md"], agent },
  { type: "file_write", affected_files: [".env"], content: "x", agent },
  { type: "file_write", affected_files: ["deep/prod.env"], content: "x", agent },
  { type: "tool_call", tool: { name: "WebFetch", input: {} }, agent },
  { type: "tool_call", tool: { name: "WebFetch", input: {} }, agent: { name: "other" } },
  { type: "file_write", affected_files: ["/etc/passwd"], content: "x", agent },
  { type: "file_write", affected_files: [".claude/settings.json"], content: "{}", agent },
  { type: "file_write", affected_files: ["<script>alert(1)</script>"], content: "x", agent },
];

/** A project in observe mode whose agents have worked. */
async function worked(program: Program = compiled): Promise<Project> {
  const project = new Project();
  await project.init(["--yes"], { program });
  const stdin = operations.map((operation) => `${JSON.stringify(operation)}\n`).join("");
  await project.run(["check", "--batch"], { program, stdin });
  return project;
}

interface Json {
  readonly [key: string]: unknown;
}
const decisionsOf = (value: Json) => value["decisions"] as Json;

describe("report", () => {
  itOnBoth("tells people what happened and what to do next", async (program) => {
    using project = await worked(program);
    const { exit, stdout, stderr } = await project.run(["report"], { program });
    assertEquals(exit, 0);
    assertEquals(stderr, "");
    assertMatch(stdout, /^9 decisions, /);
    assertStringIncludes(stdout, "5 more were allowed only because the policy observed.");
    assertMatch(stdout, /^ +2 +protected\.files +\*\.env +#\d+ file_write \.env$/m);
    assertStringIncludes(stdout, "sealward report --proposed-policy proposed.yaml");
    assertStringIncludes(stdout, "sealward policy accept");
  });

  itOnBoth("tells programs the same", async (program) => {
    using project = await worked(program);
    const { exit, value } = await project.json(["report"], { program });
    assertEquals(exit, 0);
    assertEquals(value["schema_version"], 1);
    assertEquals(decisionsOf(value), {
      count: 9,
      allow: 8,
      ask: 0,
      deny: 1,
      would_deny: 5,
      warned: 0,
    });
    assertEquals((value["policy"] as Json)["mode"], "observe");
    assertEquals((value["proposal"] as Json)["released"], 2);
  });

  it("writes one page that asks for nothing", async () => {
    using project = await worked();
    const path = project.path("report.html");
    const { exit, stdout } = await project.run(["report", "--format", "html", "--output", path]);
    assertEquals([exit, stdout], [0, ""]);
    const page = project.read("report.html");
    assertMatch(page, /^<!DOCTYPE html>\n/);
    assert(!/<script|src=|href=/i.test(page));
    assertStringIncludes(page, "&lt;script&gt;alert(1)&lt;/");
    const shown = await project.run(["report", "--format", "html"]);
    assertEquals(shown.stdout, page);
  });

  it("writes the proposed policy and nothing else; nothing is accepted by it", async () => {
    using project = await worked();
    const before = project.read(".scalpel/policy.yaml");
    const args = ["report", "--proposed-policy", "proposed.yaml"];
    const { exit, stdout } = await project.run(args);
    assertEquals([exit, stdout], [0, ""]);
    const proposed = project.read("proposed.yaml");
    assertStringIncludes(proposed, "\n  mode: enforce\n");
    assertStringIncludes(proposed, 'tools: ["WebFetch"]');
    assert(!/^ *[^ #].*(?:passwd|settings\.json)/m.test(proposed), "never released");
    assertEquals(project.read(".scalpel/policy.yaml"), before);
    assertEquals((await project.json(["status"])).value["mode"], "observe");
  });

  it("filters by agent, session and time", async () => {
    using project = await worked();
    const count = async (...args: string[]) =>
      decisionsOf((await project.json(["report", ...args])).value)["count"];
    assertEquals(await count("--agent", "other"), 1);
    assertEquals(await count("--agent", "nobody"), 0);
    assertEquals(await count("--session", "s-1"), 8);
    assertEquals(await count("--since", "2199-01-01"), 0);
    assertEquals(await count("--until", "2000-01-01"), 0);
    assertEquals(await count("--since", "2000-01-01", "--until", "2199-01-01"), 9);
  });

  it("of a log without decisions says how to begin", async () => {
    using project = new Project();
    await project.init(["--yes"]);
    for (const format of ["table", "html"]) {
      const { exit, stdout } = await project.run(["report", "--format", format]);
      assertEquals(exit, 0);
      assertStringIncludes(stdout, "No decisions yet.");
    }
    const { exit, value } = await project.json(["report"]);
    assertEquals([exit, value["range"]], [0, null]);
  });

  it("notices a policy that was changed, and proposes from the accepted one", async () => {
    using project = await worked();
    project.overwrite(".scalpel/policy.yaml", 'version: "1.0"\nenforcement: {enabled: false}\n');
    const { exit, stdout } = await project.run(["report"]);
    assertEquals(exit, 0);
    assertStringIncludes(stdout, "Tampering and recovery (1)");
    assertStringIncludes(stdout, "sealward status");
    const { value } = await project.json(["report"]);
    assertStringIncludes(String(value["proposed_policy"]), '- "*.env"');
    assert(!String(value["proposed_policy"]).includes("enabled: false"));
  });

  it("shows nothing of a log that does not verify", async () => {
    using project = await worked();
    const log = project.read(".scalpel/audit.log");
    project.overwrite(".scalpel/audit.log", log.replace("src/app.ts", "src/apq.ts"));
    const { exit, stdout } = await project.run(["report", "--output", "r.txt"]);
    assertEquals([exit, stdout], [5, ""]);
    const written = [...Deno.readDirSync(project.root)].map(({ name }) => name);
    assert(!written.includes("r.txt"));
  });

  it("refuses to write into the engine's own places", async () => {
    using project = await worked();
    const before = project.read(".scalpel/policy.yaml");
    for (const flag of ["--output", "--proposed-policy"]) {
      const { exit } = await project.run(["report", flag, ".scalpel/policy.yaml"]);
      assertEquals(exit, 64);
    }
    assertEquals(project.read(".scalpel/policy.yaml"), before);
  });

  it("needs an install, and flags it knows", async () => {
    using project = new Project();
    const { exit, value } = await project.json(["report"]);
    assertEquals([exit, errorCode(value)], [1, "not_initialized"]);
    await project.init(["--yes"]);
    const wrong = [["--top", "0"], ["--top", "1001"], ["--top", "x"], ["--format", "pdf"], [
      "--since",
      "yesterday",
    ]];
    for (const args of wrong) {
      assertEquals((await project.run(["report", ...args])).exit, 64, args.join(" "));
    }
  });
});
