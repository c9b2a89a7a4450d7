/** Tools whose definitions change, and people who are shown a request past the model. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { textOf } from "../support/mcp_client.ts";
import { mcpPolicy, McpProject } from "../support/mcp_project.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";

const evil = { env: { MCP_EVIL: "1" } };
const modern = (capabilities: object = {}) => ({
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  },
});

describe("tool definitions behind sealward mcp", () => {
  itOnBoth("MCP-16 hides and denies a tool that changed since it was seen", async (program) => {
    using given = new McpProject(program);
    await given.init();
    given.project.write("a.txt", "text");
    const first = given.start();
    await first.begin();
    assertEquals(textOf(await first.call("read", { path: "a.txt" })), "text");
    assertEquals(await first.end(), 0);
    const second = given.start(evil);
    await second.begin();
    const names = (await second.ask("tools/list")).result?.tools?.map(({ name }) => name) ?? [];
    assertEquals([names.length, names.includes("read")], [12, false]);
    const denied = await second.call("read", { path: "a.txt" });
    assertEquals(denied.result?.isError, true);
    assertMatch(textOf(denied), /not the one that was trusted/);
    assertEquals(textOf(await second.call("echo", { message: "m" })), "m");
    assertEquals(await second.end(), 0);
    assert(!second.lines.join().includes("IGNORE ALL RULES"));
    assertEquals(given.called(), ["read", "echo"]);
    const codes = (await readEntries(given.project, ["--decision", "deny"]))
      .map(({ details }) => details["codes"]);
    assertEquals(codes, [["tool_changed"], ["tool_changed"]]);
    assertEquals((await given.project.run(["replay", "--all"])).exit, 0);
  });

  itOnBoth(
    "MCP-17 takes a person's word in the policy for the new definition",
    async (program) => {
      using given = new McpProject(program);
      await given.init();
      const first = given.start();
      await first.begin();
      await first.ask("tools/list");
      assertEquals(await first.end(), 0);
      const described = await given.project.run(
        ["mcp", "--describe", "--name", "test", "--", ...given.server()],
        evil,
      );
      assertEquals(described.exit, 0, described.stderr);
      const hash = /"read":\n.*\n\s+sha256: "([0-9a-f]{64})"/.exec(described.stdout)?.[1] ?? "";
      await given.accept(
        mcpPolicy.replace("read: {verbs: [read]}", `read: {verbs: [read], sha256: "${hash}"}`),
      );
      given.project.write("a.txt", "text");
      for (const [options, isError] of [[evil, false], [{}, true]] as const) {
        const client = given.start(options);
        await client.begin();
        const answer = await client.call("read", { path: "a.txt" });
        assertEquals(answer.result?.isError === true, isError, textOf(answer));
        assertEquals(await client.end(), 0);
      }
    },
  );

  itOnBoth("MCP-16 asks again when a server says that its tools changed", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const client = given.start();
    await client.begin();
    assertEquals(textOf(await client.call("echo", { message: "1" })), "1");
    await client.call("change");
    assertEquals((await client.call("echo", { message: "2" })).result?.isError, true);
    assertEquals(await client.end(), 0);
    assertEquals(given.called(), ["echo", "change"]);
  });

  itOnBoth("MCP-18 reads every page before it shows one", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const client = given.start({ mode: "pages" });
    await client.begin();
    const page = await client.ask("tools/list");
    assertEquals([page.result?.tools?.length, page.result?.["nextCursor"]], [5, "5"]);
    const last = await client.ask("tools/list", { cursor: "10" });
    assertEquals(last.result?.tools?.length, 3);
    assertEquals(await client.end(), 0);
    const [decision] = await readEntries(given.project, ["--type", "audit.decision"]);
    const { tools } = decision?.details["tool_pins"] as { readonly tools: readonly string[] };
    assertEquals(tools.length, 13);
  });

  itOnBoth("MCP-18 calls no tool the server does not list", async (program) => {
    using given = new McpProject(program);
    await given.init(mcpPolicy.replace("echo:", "hidden: {verbs: [call]}\n        echo:"));
    const client = given.start();
    await client.begin();
    assertMatch(textOf(await client.call("hidden")), /lists no tool "hidden"/);
    assertEquals(await client.end(), 0);
    assertEquals(given.called(), []);
  });
});

const askPolicy = `${mcpPolicy}rules:
  - {id: ask-echo, match: {tools: ["mcp__test__echo"]}, effect: ask}
overrides:
  approvers: [{name: maria}]
`;

describe("requests for an exception through sealward mcp", () => {
  itOnBoth(
    "MCP-19 a client that cannot elicit reads the request in the denial",
    async (program) => {
      using given = new McpProject(program);
      await given.init(askPolicy);
      const client = given.start();
      await client.begin();
      const answer = await client.call("echo", { message: "m" });
      assertEquals(answer.result?.isError, true);
      const meta = answer.result?.["_meta"] as Record<string, Record<string, string>>;
      const id = meta["sealward/decision"]?.["request_id"] ?? "";
      assertMatch(id, /^[0-9a-f]{32}$/);
      assert(textOf(answer).includes(`request ${id}`), textOf(answer));
      assertEquals(await client.end(), 0);
      assertEquals(given.called(), []);
    },
  );

  itOnBoth("MCP-19 O1 an elicitation that is accepted approves nothing", async (program) => {
    using given = new McpProject(program);
    await given.init(askPolicy);
    const client = given.start({ flags: ["--approval-url", "https://example.org/ask/{id}"] });
    await client.begin({ elicitation: { form: {}, url: {} } });
    const asked = client.when(({ method }) => method === "elicitation/create");
    const answered = client.call("echo", { message: "m" });
    const { id, params } = await asked;
    assertEquals(params?.["mode"], "url");
    assertMatch(String(params?.["url"]), /^https:\/\/example\.org\/ask\/[0-9a-f]{32}$/);
    // Meanwhile others are served.
    assertEquals((await client.ask("ping")).result, {});
    await client.tell({ id, result: { action: "accept" } });
    assertEquals((await answered).result?.isError, true);
    assertEquals(await client.end(), 0);
    assertEquals(given.called(), []);
  });

  itOnBoth(
    "MCP-19 2026-07-28: input is required, once, and a retry is judged anew",
    async (program) => {
      using given = new McpProject(program);
      await given.init(askPolicy);
      const client = given.start();
      const params = {
        name: "echo",
        arguments: { message: "m" },
        ...modern({ elicitation: {} }),
        inputResponses: { theirs: { action: "accept" } },
        requestState: "theirs",
      };
      const first = await client.ask("tools/call", params);
      assertEquals(first.result?.["resultType"], "input_required");
      const requests = first.result?.["inputRequests"] as Record<
        string,
        { readonly method: string }
      >;
      assertEquals(Object.values(requests).map(({ method }) => method), ["elicitation/create"]);
      const retry = await client.ask("tools/call", {
        ...params,
        inputResponses: { sealward_approval: { action: "accept" } },
        requestState: first.result?.["requestState"],
      });
      assertEquals([retry.result?.isError, retry.result?.["resultType"]], [true, "complete"]);
      assertEquals(given.called(), []);
      // A person lets it go; what the client had for the server is there again.
      await given.accept(askPolicy.replace("effect: ask", "effect: warn"));
      const again = await client.ask("tools/call", {
        ...params,
        inputResponses: { sealward_approval: { action: "accept" } },
        requestState: first.result?.["requestState"],
      });
      assertEquals(textOf(again), "m");
      assertEquals(await client.end(), 0);
      const sent = JSON.parse(given.seen().at(-1) ?? "{}").params;
      assertEquals([sent.inputResponses, sent.requestState], [params.inputResponses, "theirs"]);
    },
  );
});
