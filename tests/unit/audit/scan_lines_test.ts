import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { scanLines } from "../../../src/core/audit/scan_lines.ts";
import { maxEntryBytes } from "../../../src/core/limits.ts";

function scan(text: string) {
  const { lines, restBytes, isOverlong } = scanLines(new TextEncoder().encode(text));
  const decoder = new TextDecoder();
  return { lines: lines.map((line) => decoder.decode(line)), restBytes, isOverlong };
}

describe("scanLines()", () => {
  it("splits at LF alone", () => {
    const text = "a\r\nb\u2028c\n\nrest";
    const lines = ["a\r", "b\u2028c", ""];
    assertEquals(scan(text), { lines, restBytes: 4, isOverlong: false });
    assertEquals(scan(""), { lines: [], restBytes: 0, isOverlong: false });
  });
  it("takes a line of exactly maxEntryBytes with its LF and not one byte more", () => {
    const longest = "x".repeat(maxEntryBytes - 1);
    assertEquals(scan(`${longest}\n`).lines.length, 1);
    assertEquals(scan(`ok\n${longest}x\nok\n`).isOverlong, true);
    assertEquals(scan(`ok\n${longest}x\nok\n`).lines, ["ok"]);
  });
  it("calls an end without LF overlong only when no line could be that long", () => {
    assertEquals(scan("x".repeat(maxEntryBytes - 1)).isOverlong, false);
    assertEquals(scan("x".repeat(maxEntryBytes)).isOverlong, true);
  });
});
