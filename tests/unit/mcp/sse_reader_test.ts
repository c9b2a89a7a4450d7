/** Server-sent events as they come. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SseReader } from "../../../src/edge/mcp/sse_reader.ts";

function read(text: string, size: number, limit = 1_000) {
  const reader = new SseReader(limit);
  const bytes = new TextEncoder().encode(text);
  const events = [];
  for (let at = 0; at < bytes.length; at += size) {
    events.push(...reader.push(bytes.slice(at, at + size)));
  }
  return events;
}

describe("SseReader", () => {
  const text =
    ': alive\n\nid: 1\nevent: message\ndata: {"a":\ndata:"€"}\n\ndata\r\n\r\ndata: x\n\n';

  it("MCP-08 reads the same of every cut, and keeps the text", () => {
    const whole = read(text, 1_000);
    assertEquals(whole.map(({ data }) => data), [null, '{"a":\n"€"}', "", "x"]);
    assertEquals(whole.map(({ text }) => text).join(""), text);
    for (const size of [1, 2, 3, 7]) assertEquals(read(text, size), whole);
  });

  it("MCP-08 ends an event by whatever ends of lines there are", () => {
    const ends = ["\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\r\n\n", "\r\n\r", "\n\r"];
    for (const end of ends) {
      const mixed = `id: 7${end}data: 1${end}data: 2${end}data: 3\n\n`;
      for (const size of [1, 2, 3, 100]) {
        const events = read(mixed, size).filter(({ data, hasId }) => data !== null || hasId);
        const told = events.map(({ data, hasId }) => hasId ? "id" : data);
        assertEquals(told, ["id", "1", "2", "3"], JSON.stringify([end, size]));
      }
    }
  });

  it("MCP-12 refuses an event without an end", () => {
    assertThrows(() => read(`data: ${"x".repeat(2_000)}`, 100));
  });
});
