/** One session of an agent from init to report, as its host plays it: what is heard, and by whom. */
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, Project } from "../support/sealward.ts";
import { callHook, type HookOptions, type HostName } from "./fixtures/hook_host.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

/** Events of one session; answers are what the host got. */
class Session {
  #calls = 0;

  constructor(
    readonly project: Project,
    readonly host: HostName,
    readonly options: HookOptions = {},
  ) {}

  async send(name: string, fields: object = {}) {
    const event = { session_id: "s1", cwd: this.project.root, hook_event_name: name, ...fields };
    const { exit, stdout, stderr } = await callHook(this.project, this.host, event, this.options);
    assertEquals([exit, stderr], [0, ""], `${name} ${stdout}`);
    return stdout === "" ? null : JSON.parse(stdout);
  }

  /** Asks for a tool; the id says what came of it. */
  async ask({ name, input }: ToolCall) {
    const call = { tool_name: name, tool_input: input, tool_use_id: `t${++this.#calls}` };
    return { call, answer: await this.send("PreToolUse", call) };
  }

  async run(tool: ToolCall) {
    const { call, answer } = await this.ask(tool);
    assertEquals(answer, null);
    return await this.send("PostToolUse", { ...call, tool_response: {} });
  }
}

async function alarmsOf(project: Project) {
  const entries = await readEntries(project, ["--type", "audit.alarm"]);
  return entries.map(({ severity, details }) => [details["kind"], severity]);
}

interface ToolCall {
  readonly name: string;
  readonly input: object;
}

const bash = (command: string): ToolCall => ({ name: "Bash", input: { command } });
const patchOf = (path: string) => `*** Begin Patch\n*** Add File: ${path}\n+x\n*** End Patch\n`;

interface EventLists {
  readonly alarms: { readonly rows: readonly { readonly severity: string }[] };
}

async function play(session: Session, end: string): Promise<void> {
  const { project, host } = session;
  const write = (path: string): ToolCall =>
    host === "claude-code"
      ? { name: "Write", input: { file_path: project.path(path), content: "x\n" } }
      : { name: "apply_patch", input: { command: patchOf(path) } };

  assertEquals(await session.send("SessionStart", { source: "startup" }), null);
  assertEquals(await session.run(bash("ls")), null);
  assertEquals(await session.run(write("src/a.txt")), null);

  const { answer } = await session.ask(write(".env"));
  assertEquals(answer.hookSpecificOutput.permissionDecision, "deny");
  assertEquals(await alarmsOf(project), []);

  const { call } = await session.ask(bash("ls src"));
  project.write(".env", "KEY=2, behind the engine's back\n");
  const told = await session.send("PostToolUse", { ...call, tool_response: {} });
  assertEquals(Object.keys(told), ["systemMessage"]);
  assertMatch(told.systemMessage, /^Sealward alarm: Protected file "\.env" was changed .*CRITICAL/);

  await session.ask(bash("ls src"));
  const { systemMessage } = await session.send(end);
  assertMatch(systemMessage, /never reported as carried out: .*or the tool failed \(MEDIUM/);
  assertEquals(await session.send(end), null);
  assertEquals(await alarmsOf(project), [
    ["protected_file_changed", "CRITICAL"],
    ["allow_without_outcome", "MEDIUM"],
  ]);
  const { value } = await project.json(["report"]);
  const { alarms } = value["events"] as EventLists;
  assertEquals(alarms.rows.map(({ severity }) => severity), ["CRITICAL", "MEDIUM"]);
}

async function newProject(): Promise<Project> {
  const project = new Project();
  project.write(".env", "KEY=1\n");
  await project.init();
  return project;
}

const ends = [["claude-code", "SessionEnd"], ["codex", "Stop"]] as const;

describe("a session", () => {
  for (const [host, end] of ends) {
    it(`${host}: outcomes are paired and protected files watched, until ${end}`, async () => {
      using project = await newProject();
      const installed = await project.run(["hook", "install", host, "--yes"]);
      assertEquals(installed.exit, 0, installed.stderr);
      await play(new Session(project, host), end);
    });

    it(`${host}: over a server as well`, async () => {
      using project = await newProject();
      const server = await startServer(project, compiled);
      try {
        await play(new Session(project, host, { args: ["--server", server.url] }), end);
      } finally {
        assertEquals(await server.stop(), 0);
      }
    });
  }

  it("claude-code: a turn's end settles nothing that is still at work", async () => {
    using project = new Project();
    await project.init();
    const session = new Session(project, "claude-code");
    const { call } = await session.ask(bash("ls"));
    assertEquals(await session.send("Stop"), null);
    assertEquals(await session.send("PostToolUse", call), null);
    assertEquals(await session.send("SessionEnd"), null);
    assertEquals(await alarmsOf(project), []);
  });

  it("a tool that failed is no alarm where the host says so", async () => {
    using project = new Project();
    await project.init();
    const session = new Session(project, "claude-code");
    const { call } = await session.ask(bash("ls"));
    assertEquals(await session.send("PostToolUseFailure", { ...call, error: "1" }), null);
    assertEquals(await session.send("SessionEnd"), null);
  });

  it("an outcome of what was denied, or never asked, is an alarm at once", async () => {
    using project = new Project();
    await project.init();
    const session = new Session(project, "claude-code");
    const call = { tool_name: "Bash", tool_input: { command: "ls" }, tool_use_id: "unheard-of" };
    const input = { file_path: project.path(".env"), content: "x" };
    const env = await session.ask({ name: "Write", input });
    assertMatch((await session.send("PostToolUse", call)).systemMessage, /nobody asked about/);
    assertMatch((await session.send("PostToolUse", env.call)).systemMessage, /denied was reported/);
    assertEquals((await alarmsOf(project)).map(([kind]) => kind), [
      "outcome_without_decision",
      "ran_although_denied",
    ]);
  });

  it("what one install denies, no other waits for", async () => {
    using strict = new Project();
    using other = new Project(strict);
    await strict.init();
    await other.init();
    const session = new Session(other, "claude-code");
    // Outside its own root the other's policy allows reading, and nothing of it is secret.
    const input = { file_path: strict.path(".scalpel/policy.yaml"), content: "x" };
    const { answer } = await session.ask({ name: "Write", input });
    assertEquals(answer.hookSpecificOutput.permissionDecision, "deny");
    assertEquals(await session.send("SessionEnd"), null);
    assertEquals(await alarmsOf(other), []);
  });
});
