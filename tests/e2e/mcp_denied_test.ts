/** A public server that writes files, through the proxy: denied calls change nothing on the disk. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { McpBridge } from "../support/mcp_bridge.ts";
import { type McpMessage, textOf } from "../support/mcp_client.ts";
import { McpProject } from "../support/mcp_project.ts";
import { filesystemPolicy, publicServer, publicServerEnv } from "../support/mcp_public_servers.ts";
import { compiled, type Project } from "../support/sealward.ts";
import { snapshotTree } from "../support/snapshot_tree.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { startMcpHttp } from "./fixtures/start_mcp_http.ts";

type Call = readonly [tool: string, input: Readonly<Record<string, unknown>>];
type Caller = (...call: Call) => Promise<McpMessage>;

const moved = ["a.txt", "b.txt", "c.txt", "e.txt"];

function prepare(project: Project): void {
  // One for each move: a denied one is remembered against its file.
  for (const name of moved) project.write(name, "one");
  project.write("prod.env", "KEY=1");
  project.write("locked/b.txt", "two");
  project.write("src/inner/x.env", "KEY=2");
  Deno.symlinkSync("locked", project.path("link"));
}

/** By each tool that writes: what is protected by name, by place, behind a link, outside. */
function listDenied(at: (name: string) => string): readonly Call[] {
  const write = (path: string): Call => ["write_file", { path, content: "x" }];
  const edit = (path: string, more = {}): Call => [
    "edit_file",
    { path, edits: [{ oldText: "two", newText: "changed" }], ...more },
  ];
  const make = (path: string): Call => ["create_directory", { path }];
  const move = (source: string, destination: string): Call => [
    "move_file",
    { source: at(source), destination: at(destination) },
  ];
  return [
    ...["prod.env", "src/../prod.env", "new.env", "link/b.txt", "locked/new.txt"].map(at)
      .map(write),
    ...[write(at(".scalpel/policy.yaml")), write("prod.env"), write("/tmp/outside-of-it.txt")],
    ...[edit(at("locked/b.txt")), edit(at("link/b.txt")), edit(at("prod.env"), { dryRun: true })],
    ...["locked/c", "locked/deep/er", "link/c", "folder.env", ".git/hooks"].map(at).map(make),
    make("/tmp/outside-of-it"),
    // From, to, and with what lies below.
    ...[move("locked/b.txt", "free.txt"), move("a.txt", "locked/a.txt")],
    ...[move("b.txt", "link/b.txt"), move("c.txt", "c.env"), move("prod.env", "prod.txt")],
    ...[move("locked", "unlocked"), move("src", "moved"), move("e.txt", "../e.txt")],
    // Nobody said what it does.
    ["directory_tree", { path: at("src") }],
  ];
}

async function callAll(project: Project, call: Caller): Promise<void> {
  const at = (name: string) => project.path(name);
  const before = snapshotTree(project.root);
  for (const [name, input] of listDenied(at)) {
    const answer = await call(name, input);
    assertEquals(answer.result?.isError, true, JSON.stringify([name, input, answer]));
    assert(textOf(answer).startsWith("Sealward denied"), textOf(answer));
  }
  assertEquals(snapshotTree(project.root), before);
  for (const outside of ["/tmp/outside-of-it.txt", "/tmp/outside-of-it", at("../e.txt")]) {
    assert(!exists(outside), outside);
  }
  // What is allowed is carried out, by the same tools.
  await call("write_file", { path: at("d.txt"), content: "three" });
  await call("edit_file", { path: at("d.txt"), edits: [{ oldText: "three", newText: "four" }] });
  await call("create_directory", { path: at("made") });
  await call("move_file", { source: at("d.txt"), destination: at("made/e.txt") });
  assertEquals(textOf(await call("read_text_file", { path: at("made/e.txt") })), "four");
  assertEquals([project.read("made/e.txt"), exists(at("d.txt"))], ["four", false]);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

describe("@modelcontextprotocol/server-filesystem", () => {
  itOnBoth("MCP-23 denied calls change nothing on the disk", async (program) => {
    using given = new McpProject(program);
    const { project } = given;
    await given.init(filesystemPolicy);
    prepare(project);
    const server = publicServer("filesystem", [project.root]);
    const client = given.start({ server, env: publicServerEnv() });
    await client.begin();
    await callAll(project, (name, input) => client.call(name, input));
    assertEquals(await client.end(), 0, client.stderr);
  });

  it("MCP-23 denied calls change nothing on the disk, over HTTP", async () => {
    using given = new McpProject(compiled);
    const { project } = given;
    await given.init(filesystemPolicy);
    prepare(project);
    const command = publicServer("filesystem", [project.root]);
    const env = { ...publicServerEnv(), HOME: project.home };
    await using bridge = new McpBridge({ command, cwd: project.root, env });
    const proxy = await startMcpHttp(project, compiled, bridge.url);
    let id = 0;
    const send = async (method: string, params: object): Promise<McpMessage> => {
      const headers = {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
      };
      const body = JSON.stringify({ jsonrpc: "2.0", id: id++, method, params });
      return await (await fetch(proxy.url, { method: "POST", headers, body })).json();
    };
    const clientInfo = { name: "test", version: "1" };
    await send("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    await callAll(
      project,
      (name, input) => send("tools/call", { name, arguments: input }),
    );
    assertEquals(await proxy.stop(), 0, proxy.said());
  });
});
