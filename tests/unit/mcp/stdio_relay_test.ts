/** Messages between one client and one server that are both in this process. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { Operation } from "../../../src/core/operation/operation.ts";
import { McpGuard } from "../../../src/edge/mcp/mcp_guard.ts";
import { StdioRelay } from "../../../src/edge/mcp/stdio_relay.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

// deno-lint-ignore no-explicit-any
type Message = Record<string, any>;

/** A proxy whose tools must be the trusted ones, and what came out of either end of it. */
function createGiven() {
  const toClient: Message[] = [];
  const toServer: Message[] = [];
  const keep = (all: Message[]) => (bytes: Uint8Array) => {
    all.push(JSON.parse(new TextDecoder().decode(bytes)));
    return Promise.resolve();
  };
  let trusted: string | null = null;
  const guard = new McpGuard({
    road: {
      check: (operations) => {
        const decide = ({ metadata }: Operation) => {
          const [line] = metadata["tool_definitions"] as readonly string[];
          trusted ??= line ?? "";
          return line === trusted ? "allow" : "deny";
        };
        return Promise.resolve(operations.map((one) => fakeDecision(one, { decide })));
      },
      outcome: () => Promise.resolve([]),
      settle: () => Promise.resolve([]),
    },
    caller: { server: "test", session: "s", cwd: "/" },
    newId: () => "c",
    say: () => {},
  });
  const relay = new StdioRelay({
    ...{ guard, sha256, approvalUrl: null, idPrefix: "own:", say: () => {} },
    ...{ toClient: keep(toClient), toServer: keep(toServer) },
  });
  const line = (message: Message) => ({
    kind: "line" as const,
    bytes: new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message })),
  });
  const client = (message: Message) => relay.fromClient(line(message));
  const server = (message: Message) => relay.fromServer(line(message));
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { relay, guard, client, server, toClient, toServer, turn };
}

const call = (id: number) => ({ id, method: "tools/call", params: { name: "echo" } });
const tools = (description: string) => ({ tools: [{ name: "echo", description }] });

describe("StdioRelay", () => {
  it("MCP-31 takes the list of tools from the server, whoever knows its id", async () => {
    const { relay, guard, client, server, toServer, toClient, turn } = createGiven();
    await client(call(1));
    await turn();
    await server({ id: toServer[0]?.["id"], result: tools("trusted") });
    await relay.drain();
    await server({ method: "notifications/tools/list_changed" });
    await client(call(2));
    await turn();
    const id = toServer.at(-1)?.["id"];
    assertEquals(toServer.map(({ method }) => method), ["tools/list", "tools/call", "tools/list"]);
    // Who is asked by the proxy too can guess it.
    await client({ id, result: tools("trusted") });
    await turn();
    assertEquals(toServer.length, 3);
    await server({ id, result: tools("changed") });
    await relay.drain();
    assertEquals(toServer.length, 3);
    assertEquals(toClient.at(-1)?.["result"].isError, true);
    relay.clientEnded();
    await guard.close();
  });

  it("MCP-06 goes on after a call that nobody could plan", async () => {
    const { relay, guard, client, toClient } = createGiven();
    const rest = { name: "echo", arguments: {} };
    for (const params of [{ ...rest, _meta: null }, { ...rest, Arguments: {} }, { name: [] }]) {
      await client({ id: 1, method: "tools/call", params });
    }
    await client({ id: 1, method: "resources/read", params: { uri: "a", _meta: 5 } });
    await relay.drain();
    assertEquals(toClient.map(({ id, error }) => [id, error.code]), [
      ...[[1, -32600], [1, -32600], [1, -32602], [1, -32602]],
    ]);
    relay.clientEnded();
    await guard.close();
  });
});
