/**
 * `sealward mcp -- SERVER`.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { McpGuard } from "../../mcp/mcp_guard.ts";
import { runStdio } from "../../mcp/run_stdio.ts";
import { StdioRelay } from "../../mcp/stdio_relay.ts";
import type { CliContext } from "../host.ts";
import type { McpKeeper, McpOptions, OpenMcp } from "../mcp_keeper.ts";

export interface McpRun extends McpOptions {
  readonly name: string;
  readonly approvalUrl: string | null;
}

/** @returns Exit status. */
export async function runMcpStdio(
  context: CliContext,
  keeper: McpKeeper,
  run: McpRun,
): Promise<number> {
  const opened = await keeper.open(run);
  const { server, sha256, session } = opened;
  if (server === null) throw new EngineError("internal", "No server was started");
  const guard = createGuard(opened, run, context.host.cwd);
  const { say, approvalUrl } = run;
  const status = await runStdio({
    server,
    ...keeper.streams(),
    say,
    writeErrors: (bytes) => writeAll(context, bytes),
    createRelay: (ends) =>
      new StdioRelay({ ...ends, guard, sha256, say, approvalUrl, idPrefix: `${session}:own:` }),
  });
  await guard.close();
  await opened.close();
  return status;
}

/** Correlation ids begin with the proxy's session. */
export function createGuard(
  { road, session }: Pick<OpenMcp, "road" | "session">,
  { name, say }: Pick<McpRun, "name" | "say">,
  cwd: string | null,
): McpGuard {
  let calls = 0;
  const caller = { server: name, session, cwd };
  return new McpGuard({ road, caller, newId: () => `${session}:${++calls}`, say });
}

function writeAll({ stderr }: CliContext, bytes: Uint8Array): void {
  try {
    for (let sent = 0; sent < bytes.length;) sent += stderr.writeSync(bytes.subarray(sent));
  } catch {
    // Nobody reads it.
  }
}
