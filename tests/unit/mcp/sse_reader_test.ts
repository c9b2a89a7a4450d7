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

  it("MCP-12 refuses an event without an end", () => {
    assertThrows(() => read(`data: ${"x".repeat(2_000)}`, 100));
  });
});
