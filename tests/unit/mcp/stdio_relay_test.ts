/** Messages between one client and one server that are both in this process. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { OverrideNote } from "../../../src/core/decision/decision.ts";
import type { Operation } from "../../../src/core/operation/operation.ts";
import { McpGuard } from "../../../src/edge/mcp/mcp_guard.ts";
import { StdioRelay } from "../../../src/edge/mcp/stdio_relay.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

// deno-lint-ignore no-explicit-any
type Message = Record<string, any>;

const offer: OverrideNote = {
  status: "offered",
  request_id: "r1",
  phrase: "AAAAA-BBBBB",
  expires_at: "2026-01-01T00:05:00Z",
};

/** A proxy whose tools must be the trusted ones, and what came out of either end of it. */
function createGiven(first: "allow" | "ask" = "allow") {
  const toClient: Message[] = [];
  const toServer: Message[] = [];
  const keep = (all: Message[]) => (bytes: Uint8Array) => {
    all.push(JSON.parse(new TextDecoder().decode(bytes)));
    return Promise.resolve();
  };
  let trusted: string | null = null;
  let verdict = first;
  let gate: Promise<void> = Promise.resolve();
  const statuses: string[] = [];
  /** From now on decides so, but not before the end of the wait. */
  const hold = (next: "allow") => {
    const { promise, resolve } = Promise.withResolvers<void>();
    verdict = next;
    gate = promise;
    return resolve;
  };
  const guard = new McpGuard({
    road: {
      check: async (operations) => {
        await gate;
        const decide = ({ tool, metadata }: Operation) => {
          const [line] = metadata["tool_definitions"] as readonly string[];
          trusted ??= line ?? "";
          if (line !== trusted) return "deny";
          return tool?.name === "mcp__test__echo" ? verdict : "allow";
        };
        return operations.map((one) => {
          const decision = fakeDecision(one, { decide });
          return decision.decision === "ask" ? { ...decision, override: offer } : decision;
        });
      },
      outcome: ({ status }) => {
        statuses.push(status);
        return Promise.resolve([]);
      },
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
  return { relay, guard, client, server, toClient, toServer, turn, hold, statuses };
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

  describe("where a person is asked", () => {
    /** A call of a tool that is known, and the proxy's question to the person. */
    async function askPerson() {
      const given = createGiven("ask");
      const { client, server, relay, toServer, toClient, turn } = given;
      await client({
        ...{ id: 0, method: "initialize" },
        params: { capabilities: { elicitation: {} } },
      });
      await client(call(1));
      await turn();
      await server({ id: toServer.at(-1)?.["id"], result: tools("trusted") });
      await relay.drain();
      const question = toClient.at(-1) ?? {};
      assertEquals(question["method"], "elicitation/create");
      return { ...given, accept: { id: question["id"], result: { action: "accept" } } };
    }
    const sent = (all: readonly Message[]) => all.map(({ method }) => method);

    it("MCP-08 passes on nothing that is cancelled while the engine is asked again", async () => {
      const { relay, guard, client, toServer, turn, hold, accept, statuses } = await askPerson();
      const release = hold("allow");
      await client(accept);
      await turn();
      await client({ method: "notifications/cancelled", params: { requestId: 1 } });
      await relay.drain();
      release();
      await turn();
      assertEquals(sent(toServer), ["initialize", "tools/list", "notifications/cancelled"]);
      relay.clientEnded();
      await guard.close();
      assertEquals(statuses, ["failed"]);
    });

    it("MCP-14 answers what waits for a person when the server ends", async () => {
      const { relay, guard, toClient, turn } = await askPerson();
      await relay.serverEnded();
      await turn();
      const answers = toClient.filter(({ id }) => id === 1);
      assertEquals(answers.map(({ result }) => result?.isError), [true]);
      await guard.close();
    });
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
