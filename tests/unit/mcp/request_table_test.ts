/** Ids of requests that are on their way. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxMcpPending } from "../../../src/core/limits.ts";
import { McpFault } from "../../../src/edge/mcp/mcp_fault.ts";
import type { McpTicket } from "../../../src/edge/mcp/mcp_guard.ts";
import { RequestTable } from "../../../src/edge/mcp/request_table.ts";

const ticket: McpTicket = { correlationId: "c", session: "s", tool: "t" };
const passed = (id: number) => ({
  request: { kind: "request", id, method: "tools/call", params: {} } as const,
  ticket,
});

describe("RequestTable", () => {
  it("MCP-09 gives a cancelled id to no other request before the server answered", () => {
    const statuses: string[] = [];
    const table = new RequestTable((_ticket, status) => statuses.push(status));
    table.begin(5);
    table.pass(passed(5));
    table.cancel(5);
    table.cancel(5);
    assertEquals([statuses, table.isOpen(5)], [["failed"], false]);
    assertThrows(() => table.begin(5), McpFault);
    // The late answer is for nobody, and ends it.
    assertEquals(table.take(5), null);
    table.begin(5);
    assertEquals(table.isOpen(5), true);
  });

  it("MCP-09 nor one whose answer was broken", () => {
    const table = new RequestTable(() => {});
    table.begin(5);
    table.pass(passed(5));
    assertEquals(table.takeAll().length, 1);
    table.end(5);
    assertThrows(() => table.begin(5), McpFault);
  });

  it("MCP-09 keeps no more of them than may wait", () => {
    const table = new RequestTable(() => {});
    for (let id = 0; id <= maxMcpPending; id++) {
      table.begin(id);
      table.cancel(id);
    }
    table.begin(0);
    assertThrows(() => table.begin(1), McpFault);
    // What was never asked is remembered by nobody.
    table.cancel(-1);
    table.begin(-1);
  });
});
