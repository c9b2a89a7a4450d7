/** Public servers through the proxy: allowed traffic is the same. */
import { assert, assertEquals } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { McpClient, type McpMessage } from "../support/mcp_client.ts";
import { McpProject } from "../support/mcp_project.ts";
import { filesystemPolicy, publicServer, publicServerEnv } from "../support/mcp_public_servers.ts";
import type { Program } from "../support/sealward.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const tools = [
  ...["echo", "get-sum", "get-annotated-message", "get-structured-content", "get-tiny-image"],
  ...["get-resource-links", "get-resource-reference", "trigger-long-running-operation"],
];
const everythingPolicy = `version: "1.0"
mcp:
  servers:
    test:
      methods:
        resources/read: {verbs: [call]}
        prompts/get: {verbs: [call]}
      tools:
${tools.map((tool) => `        ${tool}: {verbs: [call]}`).join("\n")}
`;

function start(given: McpProject, server: readonly string[], program: Program | null): McpClient {
  const { home, root } = given.project;
  const env = { ...publicServerEnv(), HOME: home };
  const before = program === null ? [] : [...program.command, "mcp", "--name", "test", "--"];
  return new McpClient({ command: [...before, ...server], cwd: root, env });
}

/** Everything the client was told, in order; moments and durations are nobody's behaviour. */
function transcript(client: McpClient): readonly unknown[] {
  return client.messages.map((message) =>
    JSON.parse(JSON.stringify(message).replace(/\d+:\d\d:\d\d( [AP]M)?/g, "TIME"))
  );
}

async function talk(client: McpClient, steps: readonly (readonly [string, object])[]) {
  for (const [method, params] of steps) await client.ask(method, params);
  await client.end();
  return transcript(client);
}

const called = (name: string, input: object) => ["tools/call", { name, arguments: input }] as const;

describe("@modelcontextprotocol/server-filesystem", () => {
  itOnBoth("MCP-22 allowed traffic is the same with and without the proxy", async (program) => {
    using given = new McpProject(program);
    const { project } = given;
    await given.init(filesystemPolicy);
    project.write("a.txt", "one");
    const at = (name: string) => project.path(name);
    const steps = [
      ["initialize", {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "test", version: "1" },
      }],
      ["tools/list", {}],
      called("list_allowed_directories", {}),
      called("list_directory", { path: at("src") }),
      called("write_file", { path: at("b.txt"), content: "two €\n" }),
      called("edit_file", { path: at("b.txt"), edits: [{ oldText: "two", newText: "2" }] }),
      called("read_text_file", { path: at("b.txt"), head: 1 }),
      called("read_text_file", { path: at("missing.txt") }),
      called("read_text_file", {}),
      ["ping", {}],
    ] as const;
    const server = publicServer("filesystem", [project.root]);
    const bare = await talk(start(given, server, null), steps);
    Deno.removeSync(at("b.txt"));
    const proxied = await talk(start(given, server, program), steps);
    assertEquals(proxied, bare);
    assertEquals(proxied.length, steps.length);
  });
});

describe("@modelcontextprotocol/server-everything", () => {
  itOnBoth("MCP-22 allowed traffic is the same with and without the proxy", async (program) => {
    using given = new McpProject(program);
    await given.init(everythingPolicy);
    const server = publicServer("everything", ["stdio"]);
    const transcripts: (readonly unknown[])[] = [];
    for (const way of [null, program]) {
      const client = start(given, server, way);
      const asked = client.when(({ method }) => method === "roots/list");
      await client.begin({ roots: { listChanged: true }, elicitation: {} });
      const { id } = await asked;
      const listed = client.when(({ method }) => method === "notifications/message");
      await client.tell({ id, result: { roots: [{ uri: `file://${given.project.root}` }] } });
      await listed;
      const steps = [
        ["tools/list", {}],
        called("echo", { message: "/etc/passwd €" }),
        called("get-sum", { a: 1, b: 2.5 }),
        called("get-sum", { a: "no number" }),
        called("get-annotated-message", { messageType: "error", includeImage: true }),
        called("get-structured-content", { location: "Chicago" }),
        called("get-tiny-image", {}),
        called("get-resource-links", { count: 2 }),
        ["tools/call", {
          ...{ name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } },
          _meta: { progressToken: "p" },
        }],
        ["prompts/list", {}],
        ["prompts/get", { name: "args-prompt", arguments: { city: "Oslo" } }],
        ["resources/list", {}],
        ["resources/templates/list", {}],
        ["resources/read", { uri: "demo://resource/static/document/features.md" }],
        ["completion/complete", {
          ref: { type: "ref/prompt", name: "completable-prompt" },
          argument: { name: "department", value: "E" },
        }],
        ["logging/setLevel", { level: "error" }],
        ["ping", {}],
      ] as const;
      transcripts.push(await talk(client, steps));
    }
    const [bare = [], proxied = []] = transcripts;
    assertEquals(proxied, bare);
    assert(bare.some((message) => (message as McpMessage).method === "notifications/progress"));
    const answers = bare.filter((message) => (message as McpMessage).result !== undefined);
    assert(answers.length >= 15, JSON.stringify(answers.length));
  });
});
