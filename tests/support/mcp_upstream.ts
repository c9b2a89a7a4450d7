/** An MCP server over HTTP, in this process, that remembers what reached it. */
export interface UpstreamRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

type Answer = (id: unknown, input: Record<string, unknown>) => Response;

const json = (message: object, headers: Record<string, string> = {}) =>
  Response.json({ jsonrpc: "2.0", ...message }, { headers });
const text = (value: string) => ({ content: [{ type: "text", text: value }] });
const event = (message: object) => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;

function stream(chunks: readonly string[], isEnded = true): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      if (isEnded) controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const calls: Readonly<Record<string, Answer>> = {
  echo: (id, { message }) => json({ id, result: text(String(message)) }),
  stream: (id) => {
    const all = event({ method: "notifications/progress", params: { progress: 1 } }) +
      event({ method: "notifications/tasks", params: { taskId: "1", status: "working" } }) +
      event({ method: "notifications/evil" }) + event({ id: 99, result: text("injected") }) +
      event({ id, result: text("streamed €") }) + event({ id, result: text("a second one") });
    // Cut where it hurts.
    return stream([": hello\n\n", all.slice(0, 20), all.slice(20, -3), all.slice(-3)]);
  },
  // Its answer comes to who comes again.
  pause: () => stream(["id: 1\ndata: \n\n"]),
  // The same, but the stream stays open.
  hang: () => stream(["id: 1\ndata: \n\n"], false),
  // An error that does not say of what.
  forget: () => json({ error: { code: -32_000, message: "no session" } }),
  redirect: () => new Response(null, { status: 307, headers: { location: "http://127.0.0.1:1/" } }),
  other: () => json({ id: 1234, result: text("of another request") }),
  write: (id, { path }) => {
    Deno.writeTextFileSync(String(path), "written");
    return json({ id, result: text("written") });
  },
};

export class McpUpstream implements AsyncDisposable {
  readonly requests: UpstreamRequest[] = [];
  /** Changed by a test: what the tool echo is said to do. */
  description = "echoes";
  /** Whose answer is still to come. */
  #paused: unknown = 97;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/mcp`;
  }

  /** Calls of tools that arrived. */
  called(): readonly string[] {
    return this.requests.filter(({ body }) => body.includes('"tools/call"'))
      .map(({ body }) => JSON.parse(body).params.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text();
    this.requests.push({ method: request.method, headers: request.headers, body });
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    if (request.method === "GET") {
      const late = [this.#paused, 98].map((id) => event({ id, result: text(`late ${id}`) }));
      return stream([event({ method: "notifications/message", params: {} }), ...late]);
    }
    const { id, method, params = {} } = JSON.parse(body);
    if (params.name === "pause" || params.name === "hang") this.#paused = id;
    if (id === undefined) return new Response(null, { status: 202 });
    if (method === "initialize") {
      const result = { protocolVersion: "2025-11-25", capabilities: { tools: {} } };
      return json({ id, result }, { "mcp-session-id": "session-1" });
    }
    if (method === "tools/list") {
      const tools = Object.keys(calls).map((name) => ({
        ...{ name, inputSchema: { type: "object" } },
        ...(name === "echo" ? { description: this.description } : {}),
      }));
      return json({ id, result: { tools } });
    }
    if (method !== "tools/call") return json({ id, result: {} });
    return calls[params.name]?.(id, params.arguments ?? {}) ??
      json({ id, error: { code: -32602, message: "unknown tool" } });
  }
}
