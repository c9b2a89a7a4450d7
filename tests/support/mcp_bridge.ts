/** A server that speaks stdio, over Streamable HTTP: each POST is a line, and its answer JSON. */
import { McpClient, type McpStart } from "./mcp_client.ts";

export class McpBridge implements AsyncDisposable {
  readonly #client: McpClient;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(start: McpStart) {
    this.#client = new McpClient(start);
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/mcp`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#client.end();
  }

  async #answer(request: Request): Promise<Response> {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const message = await request.json();
    if (message.id === undefined) {
      await this.#client.tell(message);
      return new Response(null, { status: 202 });
    }
    return Response.json(await this.#client.ask(message.method, message.params, message.id));
  }
}
