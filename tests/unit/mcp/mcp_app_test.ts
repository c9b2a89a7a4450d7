/** Streamable HTTP between a client and a server that are both in this process. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { Json, Operation } from "../../../src/core/operation/operation.ts";
import { createMcpApp } from "../../../src/edge/mcp/mcp_app.ts";
import { McpGuard } from "../../../src/edge/mcp/mcp_guard.ts";
import { fakeDecision } from "../../support/fake_engine.ts";

type Message = { readonly [key: string]: Json };
const encode = (message: Message) => JSON.stringify({ jsonrpc: "2.0", ...message });
const event = (message: Message, id = "") =>
  `${id === "" ? "" : `id: ${id}\n`}data: ${encode(message)}\n\n`;
const stream = (body: BodyInit) =>
  new Response(body, { headers: { "content-type": "text/event-stream" } });

/** A proxy that allows everything but what names `.env`. */
function createGiven(answer: (method: string, init: RequestInit) => Response) {
  const sent: { readonly method: string; readonly headers: Headers }[] = [];
  const asked: string[] = [];
  const statuses: string[] = [];
  let lists = 0;
  const guard = new McpGuard({
    road: {
      check: (operations) => {
        asked.push(...operations.map(({ tool }) => tool?.name ?? ""));
        const decide = ({ tool }: Operation) =>
          JSON.stringify(tool).includes(".env") ? "deny" : "allow";
        return Promise.resolve(operations.map((one) => fakeDecision(one, { decide })));
      },
      outcome: ({ status }) => {
        statuses.push(status);
        return Promise.resolve([]);
      },
      settle: () => Promise.resolve([]),
    },
    caller: { server: "test", session: "s", cwd: null },
    newId: () => "c",
    say: () => {},
  });
  const send = (_url: URL, init: RequestInit): Promise<Response> => {
    const body = typeof init.body === "string"
      ? init.body
      : new TextDecoder().decode(init.body as Uint8Array<ArrayBuffer> | undefined);
    const { id, method = "" } = body === "" ? {} : JSON.parse(body);
    if (method === "tools/list") {
      lists++;
      const result = { tools: [{ name: "echo", inputSchema: {} }] };
      return Promise.resolve(Response.json({ jsonrpc: "2.0", id, result }));
    }
    sent.push({ method: method || init.method || "", headers: new Headers(init.headers) });
    return Promise.resolve(answer(method || init.method || "", init));
  };
  const app = createMcpApp({
    ...{ guard, sha256, approvalUrl: null, say: () => {}, send },
    upstream: new URL("http://127.0.0.1:9/mcp"),
    hosts: ["127.0.0.1:1"],
  });
  const ask = async (method: string, body: string | null, headers: Record<string, string> = {}) => {
    const all = { host: "127.0.0.1:1", "content-type": "application/json", ...headers };
    const request = new Request("http://127.0.0.1:1/mcp", { method, headers: all, body });
    const response = await app.fetch(request);
    return { status: response.status, text: await response.text().catch(() => "CUT") };
  };
  const post = (message: Message, headers: Record<string, string> = {}) =>
    ask("POST", encode(message), headers);
  const outcomes = async () => {
    app.end();
    await guard.close();
    return statuses;
  };
  return { sent, asked, ask, post, outcomes, listed: () => lists };
}

const call = (input: Message = {}, id = 5): Message => ({
  ...{ id, method: "tools/call", params: { name: "echo", arguments: input } },
});
const answered = (id: number): Message => ({ id, result: { content: [] } });
const ok = () => Response.json({ jsonrpc: "2.0", ...answered(5) });

describe("createMcpApp()", () => {
  it("MCP-10 passes a client's answer only to what the server asked, once", async () => {
    const roots = { id: "r1", method: "roots/list" };
    const { post, sent, outcomes } = createGiven((method) =>
      method === "tools/call"
        ? stream(event(roots) + event(answered(5)))
        : new Response(null, { status: 202 })
    );
    const answer = { id: "r1", result: { roots: [] } };
    assertEquals((await post(answer)).status, 400);
    const asking = await post(call(), { "mcp-session-id": "s", authorization: "Bearer old" });
    assertEquals(asking.text.includes("roots/list"), true);
    assertEquals((await post(answer)).status, 400);
    const session = { "mcp-session-id": "s", authorization: "Bearer new" };
    assertEquals([(await post(answer, session)).status, (await post(answer, session)).status], [
      202,
      400,
    ]);
    assertEquals((await post({ error: { code: 1, message: "m" } })).status, 400);
    assertEquals(sent.map(({ method }) => method), ["tools/call", "POST"]);
    assertEquals(await outcomes(), ["done"]);
  });

  it("MCP-10 lets a client answer again what the server did not take", async () => {
    const { post, outcomes } = createGiven((method, { headers }) => {
      if (method === "tools/call") {
        return stream(event({ id: "r1", method: "ping" }) + event(answered(5)));
      }
      const isNew = new Headers(headers).get("authorization") === "Bearer new";
      return new Response(null, { status: isNew ? 202 : 401 });
    });
    const session = { "mcp-session-id": "s" };
    await post(call(), session);
    const statuses: number[] = [];
    for (const token of ["old", "new", "new"]) {
      const headers = { ...session, authorization: `Bearer ${token}` };
      statuses.push((await post({ id: "r1", result: {} }, headers)).status);
    }
    assertEquals(statuses, [401, 202, 400]);
    await outcomes();
  });

  it("MCP-20 compares headers that repeat arguments with the arguments", async () => {
    const { post, sent, outcomes } = createGiven(ok);
    const input = { where: "eu-west", deep: { count: 42 }, flag: true };
    for (const value of ["x.env", "=?base64?eC5lbnY=?=", "=?base64?!?=", "43", ""]) {
      const { status, text } = await post(call(input), { "mcp-param-a": value });
      assertEquals([status, JSON.parse(text).error.code], [400, -32020], value);
    }
    assertEquals(sent, []);
    for (const value of ["eu-west", "=?base64?ZXUtd2VzdA==?=", "42", "42.0", "true"]) {
      assertEquals((await post(call(input), { "mcp-param-a": value })).status, 200, value);
    }
    assertEquals((await outcomes()).length, 5);
  });

  it("MCP-21 passes on no header that makes another method of a POST", async () => {
    const { post, sent, outcomes } = createGiven(ok);
    const names = ["x-http-method-override", "x-http-method", "x-method-override"];
    await post(call(), Object.fromEntries(names.map((name) => [name, "DELETE"])));
    assertEquals(names.map((name) => sent[0]?.headers.get(name)), [null, null, null]);
    await outcomes();
  });

  it("MCP-14 says that a call failed whose stream breaks", async () => {
    const broken = Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a);
    const { post, outcomes } = createGiven(() => stream(broken));
    assertEquals((await post(call())).text, "CUT");
    assertEquals(await outcomes(), ["failed"]);
  });

  it("MCP-11 passes one answer to one request", async () => {
    const { post, outcomes } = createGiven(() =>
      stream(event(answered(5)) + event({ id: 5, result: { content: [], second: true } }))
    );
    assertEquals((await post(call())).text.includes("second"), false);
    assertEquals(await outcomes(), ["done"]);
  });

  it("MCP-29 takes an answer on a stream that is resumed, once", async () => {
    const { post, ask, outcomes } = createGiven((method) =>
      method === "tools/call"
        ? stream("id: 1\ndata:\n\n")
        : stream(event(answered(5)) + event(answered(5)) + event(answered(99)))
    );
    await post(call());
    await post(call({}, 6));
    const { text } = await ask("GET", null, { "last-event-id": "1" });
    assertEquals(text, event(answered(5)));
    // The other one never came.
    assertEquals(await outcomes(), ["done", "failed"]);
  });

  it("MCP-29 ends what waits with its session", async () => {
    const { post, ask, outcomes } = createGiven(() => stream("id: 1\ndata:\n\n"));
    await post(call());
    await ask("DELETE", null);
    const { text } = await ask("GET", null, { "last-event-id": "1" });
    assertEquals(text.includes("result"), false);
    assertEquals(await outcomes(), ["failed"]);
  });

  it("MCP-29 keeps what waits where the server lets nobody end the session", async () => {
    const { post, ask, outcomes } = createGiven((method, { headers }) => {
      if (method === "DELETE") return new Response(null, { status: 405 });
      const isResumed = new Headers(headers).has("last-event-id");
      return stream(isResumed ? event(answered(5)) : "id: 1\ndata:\n\n");
    });
    await post(call());
    assertEquals((await ask("DELETE", null)).status, 405);
    const { text } = await ask("GET", null, { "last-event-id": "1" });
    assertEquals(text, event(answered(5)));
    assertEquals(await outcomes(), ["done"]);
  });

  it("MCP-29 takes the answer that begins a session on a stream that is resumed in it", async () => {
    const { post, ask, outcomes } = createGiven((method) => {
      if (method !== "initialize") return stream(event(answered(5)));
      const headers = { "content-type": "text/event-stream", "mcp-session-id": "s" };
      return new Response("id: 1\ndata:\n\n", { headers });
    });
    await post({ id: 5, method: "initialize", params: {} });
    const resumed = { "last-event-id": "1" };
    assertEquals((await ask("GET", null, resumed)).text, "");
    const { text } = await ask("GET", null, { ...resumed, "mcp-session-id": "s" });
    assertEquals(text, event(answered(5)));
    await outcomes();
  });

  it("MCP-29 ends what waits in a session whose id is another one's now", async () => {
    const headers = { "mcp-session-id": "s" };
    const { post, ask, listed, outcomes } = createGiven((method) => {
      if (method === "initialize") {
        return Response.json({ jsonrpc: "2.0", ...answered(1) }, { headers });
      }
      return stream(method === "tools/call" ? "id: 1\ndata:\n\n" : event(answered(5)));
    });
    await post(call(), headers);
    await post({ id: 1, method: "initialize", params: {} });
    const { text } = await ask("GET", null, { ...headers, "last-event-id": "1" });
    assertEquals([text, listed()], ["", 1]);
    await post(call(), headers);
    assertEquals(listed(), 2);
    assertEquals(await outcomes(), ["failed", "failed"]);
  });

  it("MCP-29 takes no list of tools for another answer on a stream that is resumed", async () => {
    const list: Message = { id: 5, result: { content: [], tools: [{ name: "echo" }] } };
    const { post, ask, outcomes } = createGiven((method) =>
      stream(method === "tools/call" ? "id: 1\ndata:\n\n" : event(list))
    );
    await post(call());
    const { text } = await ask("GET", null, { "last-event-id": "1" });
    assertEquals(text, "");
    assertEquals(await outcomes(), ["failed"]);
  });

  it("MCP-10 passes no stream on under the type of something else", async () => {
    const text = event({ id: 1, method: "shell/run" });
    const { ask, post, outcomes } = createGiven((method) => {
      const status = method === "notifications/progress" ? 404 : 200;
      return new Response(text, { status, headers: { "content-type": "text/plain" } });
    });
    assertEquals(await ask("GET", null), { status: 200, text: "" });
    assertEquals(await post({ method: "notifications/initialized" }), { status: 200, text: "" });
    // Nobody reads a refusal as a stream.
    assertEquals(await post({ method: "notifications/progress" }), { status: 404, text });
    await outcomes();
  });

  it("MCP-10 says nothing for a server that says nothing, as JSON", async () => {
    const { post, outcomes } = createGiven(() =>
      new Response("", { status: 202, headers: { "content-type": "application/json" } })
    );
    assertEquals(await post({ method: "notifications/initialized" }), { status: 202, text: "" });
    await outcomes();
  });

  it("MCP-31 asks for the tools again in every account of a session that has others now", async () => {
    const changed = { method: "notifications/tools/list_changed" };
    const { post, ask, listed, outcomes } = createGiven((method) =>
      method === "GET" ? stream(event(changed)) : ok()
    );
    const [before, after] = ["old", "new"].map((token) => ({
      ...{ "mcp-session-id": "s", authorization: `Bearer ${token}` },
    }));
    for (const headers of [before, after, after]) await post(call(), headers);
    assertEquals(listed(), 2);
    // The stream was opened before the token was renewed.
    await ask("GET", null, before);
    await post(call(), after);
    assertEquals(listed(), 3);
    await outcomes();
  });

  it("MCP-30 judges a completion of a path, and no other", async () => {
    const { post, asked, sent, outcomes } = createGiven(ok);
    const complete = (ref: Message, value: string): Message => ({
      ...{ id: 5, method: "completion/complete" },
      params: { ref, argument: { name: "a", value } },
    });
    await post(complete({ type: "ref/prompt", name: "p" }, "word"));
    assertEquals([asked, sent.length], [[], 1]);
    const denied = await post(complete({ type: "ref/resource", uri: "file:///{path}" }, "x.env"));
    assertEquals(JSON.parse(denied.text).error.code, -32010);
    await post(complete({ type: "ref/prompt", name: "p" }, "/etc/"));
    assertEquals([asked, sent.length], [Array(2).fill("mcp:test:completion/complete"), 2]);
    await outcomes();
  });
});
