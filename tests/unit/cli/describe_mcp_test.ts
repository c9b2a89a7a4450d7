/** A server that is looked at and says nothing, in this process. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CliContext } from "../../../src/edge/cli/host.ts";
import type { ParsedArguments } from "../../../src/edge/cli/command.ts";
import { describeServer } from "../../../src/edge/cli/commands/describe_mcp.ts";
import { EngineError } from "../../../src/core/errors.ts";
import type { McpServer } from "../../../src/edge/mcp/run_stdio.ts";

const nothing = {} as CliContext & ParsedArguments;

/** @param input What becomes of a line that is sent. */
function describeSilent(input: UnderlyingSink<Uint8Array>) {
  const signals: string[] = [];
  const ended = Promise.withResolvers<{ readonly code: number; readonly how: string }>();
  const server: McpServer = {
    input: new WritableStream(input),
    // Never ends: a process that the server started has it, too.
    output: new ReadableStream(),
    errors: new ReadableStream(),
    ended: ended.promise,
    kill: (signal) => {
      signals.push(signal);
      ended.resolve({ code: 137, how: `signal ${signal}` });
    },
  };
  const keeper = {
    start: () => Promise.resolve(server),
    open: () => Promise.reject(new Error("nothing is opened")),
    streams: () => {
      throw new Error("nothing is read");
    },
  };
  const asked = { keeper, command: ["x"] as [string], name: "test", timeoutMs: 30 };
  const described = describeServer(nothing, nothing, asked);
  return { described, signals };
}

describe("describeServer()", () => {
  it("MCP-15 gives up on a server whose output nobody closes", async () => {
    const { described, signals } = describeSilent({});
    await assertRejects(() => described, EngineError, "gave no list of its tools");
    assertEquals(signals, ["SIGKILL"]);
  });

  it("MCP-15 says so where a server has ended before it was asked", async () => {
    const { described, signals } = describeSilent({
      write: () => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")),
    });
    const { code } = await assertRejects(() => described, EngineError);
    assertEquals([code, signals], ["server_unreachable", ["SIGKILL"]]);
  });
});
