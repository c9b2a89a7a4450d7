/** Bytes to lines, however they are cut. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Line, LineSplitter } from "../../../src/edge/mcp/line_splitter.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const show = (lines: readonly Line[]) =>
  lines.map((line) => line.kind === "line" ? new TextDecoder().decode(line.bytes) : "TOO LONG");

function split(text: string, sizes: readonly number[], limit = 8): readonly string[] {
  const splitter = new LineSplitter(limit);
  const bytes = encode(text);
  const shown: string[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    // The same buffer each time, as a stream may do it.
    const chunk = bytes.slice(at, at + size);
    shown.push(...show(splitter.push(chunk)));
    chunk.fill(0);
    at += size;
  }
  return shown;
}

describe("LineSplitter", () => {
  it("MCP-08 makes the same lines of every cut", () => {
    const text = "one\n\ntwo €\r\nthree\n";
    const whole = split(text, [100], 16);
    assertEquals(whole, ["one", "two € ", "three"]);
    for (const sizes of [[1], [2], [3, 1], [7], [1, 9]]) {
      assertEquals(split(text, sizes, 16), whole);
    }
  });

  it("MCP-27 leaves no end of a line within a line", () => {
    for (const sizes of [[100], [1], [3]]) {
      assertEquals(split('{"a":[\r1\r\r]}\n\r\n', sizes, 99), ['{"a":[ 1  ]}', " "]);
    }
  });

  it("MCP-07 tells a line that is too long once, and reads on behind it", () => {
    const text = `${"x".repeat(9)}\n${"y".repeat(8)}\n${"z".repeat(40)}\nend\n`;
    const whole = ["TOO LONG", "yyyyyyyy", "TOO LONG", "end"];
    for (const sizes of [[100], [1], [3], [8, 1]]) assertEquals(split(text, sizes), whole);
  });

  it("keeps no more than one line", () => {
    const splitter = new LineSplitter(1_000);
    for (let i = 0; i < 10_000; i++) splitter.push(encode("abc"));
    assertEquals(splitter.pendingBytes, 0);
    assertEquals(splitter.push(encode("rest")).length, 0);
    assertEquals(show(splitter.push(encode("\nok\n"))), ["ok"]);
  });

  it("gives no line that has not ended", () => {
    assertEquals(split("a\nb", [1]), ["a"]);
  });
});
