/** What clients may ask of some real servers. */
import { runFixture } from "./conformance/conformance_programs.ts";
import type { McpClient } from "./mcp_client.ts";
import { publicServer } from "./mcp_public_servers.ts";
import type { Catalog, Request } from "./mcp_sessions.ts";

const call = (name: string, input: object = {}): Request => ({
  method: "tools/call",
  params: { name, arguments: input },
});
const ask = (method: string, params: Request["params"] = {}): Request => ({ method, params });

const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
const answers = {
  "roots/list": { roots: [] },
  "elicitation/create": { action: "decline" },
  "sampling/createMessage": {
    ...{ role: "assistant", model: "none", content: { type: "text", text: "sampled" } },
  },
};

/** Of every server; some of it is wrong on purpose. */
const common: readonly Request[] = [
  ...[ask("ping"), ask("tools/list"), ask("prompts/list"), ask("resources/list")],
  ...[ask("resources/templates/list"), ask("evil/run"), ask("tools/list", { cursor: "none" })],
  ...[call("no-such-tool"), ask("prompts/get", { name: "none" })],
  ...["error", "loudest"].map((level) => ask("logging/setLevel", { level })),
];

const features = "demo://resource/static/document/features.md";

/** @modelcontextprotocol/server-everything; it asks for the client's roots before anything else. */
export const everything: Catalog = {
  meta: {},
  answers,
  server: publicServer("everything", ["stdio"]),
  begin: async (client) => {
    const asked = client.when(({ method }) => method === "roots/list");
    await client.begin(capabilities);
    const listed = client.when(({ method }) => method === "notifications/message");
    await client.tell({ id: (await asked).id, result: { roots: [] } });
    await listed;
  },
  requests: [
    ...common,
    ask("resources/read", { uri: features }),
    ask("resources/read", { uri: "demo://nowhere" }),
    ask("resources/subscribe", { uri: features }),
    ask("resources/unsubscribe", { uri: features }),
    ask("prompts/get", { name: "simple-prompt" }),
    ask("prompts/get", { name: "args-prompt", arguments: { city: "Oslo", state: "É" } }),
    ask("prompts/get", { name: "args-prompt", arguments: {} }),
    ask("completion/complete", {
      ref: { type: "ref/prompt", name: "completable-prompt" },
      argument: { name: "department", value: "E" },
    }),
    call("echo", { message: "/etc/passwd € \u2028 \\ \u{1f511}" }),
    call("echo", { message: 5 }),
    ...[call("get-sum", { a: 1, b: 0.1 }), call("get-sum", { a: "1" })],
    call("get-annotated-message", { messageType: "debug", includeImage: true }),
    call("get-structured-content", { location: "New York" }),
    ...[call("get-tiny-image"), call("get-resource-links", { count: 3 })],
    call("get-resource-reference", { resourceType: "Text", resourceId: 2 }),
    ...[call("get-roots-list"), call("trigger-elicitation-request")],
    call("trigger-sampling-request", { prompt: "hello", maxTokens: 5 }),
    {
      ...call("trigger-long-running-operation", { duration: 0.1, steps: 2 }),
      isSlow: true,
    },
  ],
};

const conformance: readonly Request[] = [
  ...common,
  ...["test://static-text", "test://static-binary", "test://template/7/data", "test://none"]
    .map((uri) => ask("resources/read", { uri })),
  ask("resources/subscribe", { uri: "test://static-text" }),
  ask("resources/unsubscribe", { uri: "test://static-text" }),
  ask("prompts/get", { name: "test_simple_prompt" }),
  ask("prompts/get", {
    ...{ name: "test_prompt_with_arguments", arguments: { arg1: "€", arg2: "/etc/passwd" } },
  }),
  ask("prompts/get", { name: "test_input_required_result_prompt" }),
  ask("completion/complete", {
    ref: { type: "ref/prompt", name: "test_prompt_with_arguments" },
    argument: { name: "arg1", value: "E" },
  }),
  ...["simple_text", "image_content", "audio_content", "embedded_resource", "error_handling"]
    .concat("multiple_content_types", "tool_with_logging", "tool_with_progress", "logging_tool")
    .concat("missing_capability", "input_required_result_elicitation", "elicitation")
    .concat("input_required_result_list_roots", "input_required_result_capabilities")
    .map((name) => call(`test_${name}`, { message: "hello" })),
  call("test_sampling", { prompt: "hello" }),
  call("test_header_tool", { region: "a/b" }),
  { ...call("test_reconnection"), isSlow: true },
];

async function discover(client: McpClient, meta: object): Promise<void> {
  await client.ask("server/discover", { _meta: meta }, "discover");
}

/** The fixture of the conformance suite, which the official SDK serves by both revisions. */
export function createConformance(revision: "2025-11-25" | "2026-07-28"): Catalog {
  const key = (name: string) => `io.modelcontextprotocol/${name}`;
  const meta = revision === "2025-11-25" ? {} : {
    [key("protocolVersion")]: revision,
    [key("clientInfo")]: { name: "test", version: "1" },
    [key("clientCapabilities")]: { elicitation: {} },
    [key("logLevel")]: "debug",
  };
  return {
    ...{ meta, answers, requests: conformance, server: [...runFixture("server"), "stdio"] },
    begin: async (client) => {
      if (revision === "2026-07-28") return await discover(client, meta);
      await client.begin(capabilities);
    },
  };
}
