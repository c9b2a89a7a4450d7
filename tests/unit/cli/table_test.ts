import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { displayWidth, renderTable, truncate } from "../../../src/edge/cli/table.ts";

const style = { colour: false, unicode: true };

describe("displayWidth()", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["", 0],
    ["abc", 3],
    ["\u00e9", 1],
    ["e\u0301", 1],
    ["\u6f22\u5b57", 4],
    ["\uac00", 2],
    ["\uff21", 2],
    ["\u{1f600}", 2],
    ["\u{20000}", 2],
  ];
  for (const [text, columns] of rows) {
    it(`${JSON.stringify(text)} takes ${columns}`, () => assertEquals(displayWidth(text), columns));
  }
});

describe("truncate()", () => {
  const rows: readonly (readonly ["middle" | "end", string, number, string])[] = [
    ["middle", "src/edge/cli/table.ts", 21, "src/edge/cli/table.ts"],
    ["middle", "src/edge/cli/table.ts", 20, "src/edge/\u2026i/table.ts"],
    ["end", "abcdef", 4, "abc\u2026"],
    ["end", "abcdef", 1, "\u2026"],
    ["end", "\u6f22\u5b57\u6f22", 4, "\u6f22\u2026"],
    ["middle", "\u{1f600}\u{1f600}\u{1f600}", 5, "\u{1f600}\u2026\u{1f600}"],
  ];
  for (const [where, text, width, cut] of rows) {
    it(`cuts the ${where} to ${width} columns`, () => {
      assertEquals(truncate(text, width, where, style), cut);
    });
  }
  it("never exceeds the width", () => {
    for (let width = 1; width < 12; width++) {
      for (const where of ["middle", "end"] as const) {
        const cut = truncate("a\u6f22b\u5b57c\u{1f600}d\u0301ef", width, where, style);
        assertEquals(displayWidth(cut) <= width, true);
      }
    }
  });
});

describe("renderTable()", () => {
  const columns = [{ header: "SEQ", align: "right" }, {
    header: "FILE",
    shrink: "middle",
  }] as const;
  it("aligns columns by what a terminal shows", () => {
    const rows = [[{ text: "1" }, { text: "\u6f22" }], [{ text: "10" }, { text: "b" }]];
    const narrow = [{ header: "" }, { header: "" }];
    assertEquals(
      renderTable(columns, rows, { style, width: null }),
      "SEQ  FILE\n  1  \u6f22\n 10  b\n",
    );
    const turned = rows.map((row) => row.toReversed());
    assertEquals(renderTable(narrow, turned, { style, width: null }), "\u6f22  1\nb   10\n");
  });
  it("cuts only columns that may be cut, and only on a terminal", () => {
    const rows = [[{ text: "1234567890" }, { text: "a/long/path/to/some/file.ts" }]];
    const cut = renderTable(columns, rows, { style, width: 30, indent: 2 });
    assertEquals(cut.split("\n").at(1), "  1234567890  a/long/\u2026/file.ts");
    assertEquals(renderTable(columns, rows, { style, width: null }).includes("\u2026"), false);
  });
  it("pads by visible width when cells are painted", () => {
    const rows = [[{ text: "a", colour: "red" }, { text: "x" }], [{ text: "bb" }, {
      text: "y",
    }]] as const;
    const table = renderTable([{ header: "" }, { header: "" }], rows, {
      style: { colour: true, unicode: true },
      width: null,
    });
    assertEquals(table, "\x1b[1;31ma\x1b[0m   x\nbb  y\n");
  });
  it("AUD-32 escapes every cell", () => {
    const table = renderTable([{ header: "" }], [[{ text: "\x1b[2Ja\nb\u202e" }]], {
      style,
      width: null,
    });
    assertEquals(table, "\\u001b[2Ja\\u000ab\\u202e\n");
  });
  it("is empty without rows", () =>
    assertEquals(renderTable(columns, [], { style, width: 80 }), ""));
});
