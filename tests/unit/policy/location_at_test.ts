import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { locationAt } from "../../../src/core/policy/location_at.ts";

describe("locationAt()", () => {
  it("counts lines and columns from 1, for every line end", () => {
    const text = "ab\ncd\r\n\nx";
    const rows: readonly [number, number, number, string][] = [
      [0, 1, 1, "ab"],
      [2, 1, 3, "ab"],
      [3, 2, 1, "cd"],
      [4, 2, 2, "cd"],
      [7, 3, 1, ""],
      [8, 4, 1, "x"],
      [9, 4, 2, "x"],
      [99, 4, 2, "x"],
    ];
    for (const [offset, line, column, shown] of rows) {
      assertEquals(locationAt(text, offset, "f"), { file: "f", line, column, text: shown });
    }
    assertEquals(locationAt("", 0, "f"), { file: "f", line: 1, column: 1, text: "" });
  });

  it("shows no line that is long, and none that moves the cursor", () => {
    assertEquals(locationAt("a".repeat(161), 160, "f"), { file: "f", line: 1, column: 161 });
    assertEquals(locationAt("\u001b[2J", 0, "f").text, "\\u001b[2J");
  });
});
