/** What is a message of MCP, and what is passed to nobody. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { McpFault } from "../../../src/edge/mcp/mcp_fault.ts";
import { parseMessage } from "../../../src/edge/mcp/mcp_message.ts";

const parse = (text: string, from: "client" | "server" = "client") =>
  parseMessage(new TextEncoder().encode(text), from);
const fault = (text: string): readonly unknown[] => {
  const { code, ids } = assertThrows(() => parse(text), McpFault);
  return [code, ids];
};

describe("parseMessage()", () => {
  it("tells requests, notifications and answers apart", () => {
    assertEquals(parse('{"jsonrpc":"2.0","id":"a","method":"ping"}'), {
      ...{ kind: "request", id: "a", method: "ping", params: {} },
    });
    assertEquals(parse('{"jsonrpc":"2.0","method":"notifications/x","params":{"a":1}}'), {
      ...{ kind: "notification", method: "notifications/x", params: { a: 1 } },
    });
    assertEquals(parse('{"jsonrpc":"2.0","id":0,"result":{"b":[]}}'), {
      ...{ kind: "response", id: 0, result: { b: [] } },
    });
    assertEquals(parse('{"jsonrpc":"2.0","error":{"code":-1}}'), {
      ...{ kind: "response", id: null, result: null },
    });
  });

  it("MCP-06 JSON-01 refuses what two readers take for two things", () => {
    assertEquals(fault('{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}'), ["parse_error", []]);
    assertEquals(fault('{"jsonrpc":"2.0","id":1,"method":"a","result":{}}'), [
      ...["invalid_request", [1]],
    ]);
    assertEquals(fault('{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'), ["invalid_request", [
      1,
    ]]);
    assertEquals(fault('[{"jsonrpc":"2.0","id":1,"method":"a"},{"id":"b"},3]'), [
      ...["invalid_request", [1, "b"]],
    ]);
  });

  it("MCP-28 refuses members that another reader may take for those it knows", () => {
    const rows = [
      '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","param\u017f":{"name":"write"}}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","METHOD\\u0000":"x"}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}',
      '{"jsonrpc":"2.0","id":1,"result":{},"params":{}}',
      '{"jsonrpc":"2.0","id":1,"result":{},"Method":"tools/call"}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":null}}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":"x"}}',
    ];
    for (const row of rows) assertEquals(fault(row), ["invalid_request", [1]], row);
    // A server may say more than anybody knows, but nothing twice.
    assertEquals(
      parse('{"jsonrpc":"2.0","id":1,"result":{},"extra":1}', "server").kind,
      "response",
    );
    assertThrows(
      () => parse('{"jsonrpc":"2.0","id":1,"result":{},"Result":{"tools":[]}}', "server"),
      McpFault,
    );
  });

  it("MCP-06 takes text and whole numbers for ids, and nothing else", () => {
    for (const id of ["null", "true", "1.5", "[]", "{}", `"${"x".repeat(257)}"`]) {
      assertEquals(fault(`{"jsonrpc":"2.0","id":${id},"method":"a"}`), ["invalid_request", []], id);
    }
  });

  it("takes a server's numbers as they are, and a client's only where they are exact", () => {
    const text = '{"jsonrpc":"2.0","id":1,"result":{"snowflake":12345678901234567890}}';
    assertEquals(parse(text, "server").kind, "response");
    assertEquals(fault(text), ["parse_error", []]);
  });
});
