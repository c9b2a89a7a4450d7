/**
 * `sealward mcp --http URL`.
 *
 * @module
 */
import { createMcpApp } from "../../mcp/mcp_app.ts";
import { readUpstream } from "../../mcp/upstream.ts";
import { serveEngine } from "../../server/serve_engine.ts";
import { usageError } from "../usage_error.ts";
import type { CliContext } from "../host.ts";
import type { McpKeeper } from "../mcp_keeper.ts";
import { createGuard, type McpRun } from "./mcp_stdio.ts";

/** @returns Exit status. */
export async function runMcpHttp(
  context: CliContext,
  keeper: McpKeeper,
  run: McpRun & { readonly url: string; readonly port: number },
): Promise<number> {
  const upstream = readUpstream(run.url);
  if (upstream.hostname === "127.0.0.1" && Number(upstream.port || 80) === run.port) {
    throw usageError("Cannot pass requests on to its own port", "give another --port");
  }
  await context.host.clearServeEnvironment();
  const opened = await keeper.open(run);
  // Where the server runs, and so what its relative paths mean, nobody knows.
  const guard = createGuard(opened, run, null);
  const { sha256 } = opened;
  const { say, approvalUrl } = run;
  const hosts: string[] = [];
  const app = createMcpApp({ guard, upstream, hosts, sha256, approvalUrl, say });
  await serveEngine({
    app,
    port: run.port,
    hostname: "127.0.0.1",
    signal: keeper.streams().stop,
    onListen: ({ hostname, port }) => {
      hosts.push(`${hostname}:${port}`, `localhost:${port}`);
      say(`listening on http://${hostname}:${port}${upstream.pathname}`);
    },
    log: say,
  });
  app.end();
  await guard.close();
  await opened.close();
  return 0;
}
