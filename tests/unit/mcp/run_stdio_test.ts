/** Either side of the proxy ends, or does nothing any more. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type McpServer, runStdio } from "../../../src/edge/mcp/run_stdio.ts";

const never = new Promise<never>(() => {});

/** A server that reads nothing, and ends at SIGTERM. */
function createDeafServer(): { readonly server: McpServer; readonly killed: string[] } {
  const killed: string[] = [];
  const ended = Promise.withResolvers<{ readonly code: number; readonly how: string }>();
  const out = Promise.withResolvers<void>();
  const silent = () =>
    new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await out.promise;
        controller.close();
      },
    });
  const server: McpServer = {
    input: new WritableStream({ write: () => never }),
    output: silent(),
    errors: silent(),
    ended: ended.promise,
    kill: (signal) => {
      killed.push(signal);
      out.resolve();
      ended.resolve({ code: 143, how: `signal ${signal}` });
    },
  };
  return { server, killed };
}

describe("runStdio()", () => {
  for (const how of ["its client ends", "a signal says so"] as const) {
    it(`MCP-15 leaves a server that reads nothing when ${how}`, async () => {
      const { server, killed } = createDeafServer();
      const stop = new AbortController();
      // The waits of the proxy keep no process by themselves.
      const alive = setInterval(() => {}, 10);
      const line = new TextEncoder().encode("{}\n{}\n");
      const input = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(line);
          if (how === "its client ends") controller.close();
          else setTimeout(() => stop.abort(), 5);
        },
      });
      let order: Promise<void> = Promise.resolve();
      const status = await runStdio({
        ...{ server, input, output: new WritableStream(), stop: stop.signal },
        ...{ say: () => {}, writeErrors: () => {}, graceMs: { input: 30, term: 30 } },
        createRelay: ({ toServer }) => ({
          fromClient: (each) => {
            order = order.then(() => each.kind === "line" ? toServer(each.bytes) : undefined);
            return Promise.resolve();
          },
          fromServer: () => Promise.resolve(),
          drain: () => order,
          serverEnded: () => Promise.resolve(),
          clientEnded: () => {},
        }),
      });
      clearInterval(alive);
      assertEquals([status, killed], [0, ["SIGTERM"]]);
    });
  }
});
