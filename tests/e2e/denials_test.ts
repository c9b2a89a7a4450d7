/** Denial memory as an agent meets it: through its hook, the command line and the log's readers. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { installVectors } from "../support/decision_vectors.ts";
import { compiled, Project } from "../support/sealward.ts";
import { callHook, type HookOptions } from "./fixtures/hook_host.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

const policy = `version: "1.0"
rules:
  - id: fixed
    match: {types: [file_write, code_modification], files: ["fixed/"]}
`;

async function newProject(): Promise<Project> {
  const project = new Project();
  const disk = [{ path: "fixed/a", bytes: 5 }];
  await installVectors(project, {
    name: "denials",
    policy,
    trust: "accepted",
    disk,
    scenarios: [],
  });
  return project;
}

/** Sends an event of one session; the reason of a denial, null for no opinion. */
async function send(
  project: Project,
  options: HookOptions,
  event: { readonly session_id: string; readonly hook_event_name: string },
): Promise<string | null> {
  const full = { cwd: project.root, ...event };
  const { exit, stdout, stderr } = await callHook(project, "claude-code", full, options);
  assertEquals([exit, stderr], [0, ""]);
  if (stdout === "") return null;
  const { hookSpecificOutput, systemMessage } = JSON.parse(stdout);
  // What was asked about here and never ran.
  if (systemMessage !== undefined) return systemMessage;
  assertEquals(hookSpecificOutput.permissionDecision, "deny");
  return hookSpecificOutput.permissionDecisionReason;
}

const ask = (session: string, name: string, input: object) => ({
  session_id: session,
  hook_event_name: "PreToolUse",
  tool_name: name,
  tool_input: input,
  tool_use_id: crypto.randomUUID(),
});

async function playSession(project: Project, options: HookOptions): Promise<void> {
  const bash = (session: string, command: string) => ask(session, "Bash", { command });
  const go = (event: Parameters<typeof send>[2]) => send(project, options, event);
  assertEquals(await go(bash("s1", "cp /dev/null fixed/a")), null);
  const input = { file_path: project.path("fixed/a"), content: "other\n" };
  const first = await go(ask("s1", "Write", input)) ?? "";
  const [, id] = /Decision ([0-9a-f]{32}), audit #(\d+)/.exec(first) ?? [];
  assert(id !== undefined, first);
  for (const session of ["s1", "s2"]) {
    const again = await go(bash(session, "cp /dev/null fixed/a")) ?? "";
    assertMatch(again, new RegExp(`denied before, in decision ${id}`));
    assertMatch(again, new RegExp(`Denied before: decision ${id}, audit #\\d+\\.`));
    assertMatch(again, /This is final; do not try it another way/);
  }
  assertEquals(await go({ session_id: "s1", hook_event_name: "Stop" }), null);
  assertMatch(await go(bash("s1", "sed -i s/t/u/ fixed/a")) ?? "", new RegExp(`decision ${id}`));
  const end = await go({ session_id: "s1", hook_event_name: "SessionEnd" });
  assertMatch(end ?? "", /never reported as carried out/);
  assertEquals(await go(bash("s3", "cp /dev/null fixed/a")), null);
  const [ended] = await readEntries(project, ["--type", "state.session_ended"]);
  assertEquals([ended?.details["session"], ended?.details["denials"]], ["s1", 1]);
}

describe("denial memory", () => {
  it("answers every tool of a session with the first denial, until SessionEnd", async () => {
    using project = await newProject();
    await playSession(project, {});
    assertEquals((await project.run(["replay", "--all"])).exit, 0);
  });

  it("over a server as well", async () => {
    using project = await newProject();
    const server = await startServer(project, compiled);
    try {
      await playSession(project, { args: ["--server", server.url] });
    } finally {
      assertEquals(await server.stop(), 0);
    }
  });

  it("check and audit query show the reference", async () => {
    using project = await newProject();
    const write = ["check", "--type", "file_write", "--file", "fixed/a"];
    assertEquals((await project.run(write)).exit, 2);
    const { exit, stdout } = await project.run(write);
    assertEquals(exit, 2);
    const [, id, seq] = /denied before: decision ([0-9a-f]{32}), audit #(\d+)/.exec(stdout) ?? [];
    assert(id !== undefined, stdout);
    const copy = { type: "command", command: "cp /dev/null fixed/a" };
    const copied = await project.run(["check"], { stdin: JSON.stringify(copy) });
    assertEquals(copied.exit, 2);
    assertMatch(copied.stdout, new RegExp(`denied before, in decision ${id} .audit #${seq}`));
    const listed = await project.run(["audit", "query", "--type", "audit.decision"]);
    assertMatch(listed.stdout, new RegExp(`\\[denied_before\\] as #${seq} by`));
  });
});
