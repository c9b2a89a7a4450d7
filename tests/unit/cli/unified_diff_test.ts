import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { unifiedDiff } from "../../../src/edge/cli/commands/unified_diff.ts";

/** What `patch` makes of `before`: an independent reading of the format. */
function apply(before: string, diff: string): string {
  const source = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let at = 0;
  const rows = diff.split("\n").slice(2, -1);
  rows.forEach((row, index) => {
    const end = rows[index + 1]?.startsWith("\\") ? "" : "\n";
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/.exec(row);
    if (head !== null) {
      const first = Number(head[1]) - (head[2] === "0" ? 0 : 1);
      result.push(...source.slice(at, first));
      assertEquals(result.length, Number(head[3]) - (head[4] === "0" ? 0 : 1), row);
      at = first;
    } else if (row.startsWith("+")) {
      result.push(row.slice(1) + end);
    } else if (!row.startsWith("\\")) {
      assertEquals(source[at], row.slice(1) + end);
      if (row.startsWith(" ")) result.push(row.slice(1) + end);
      at++;
    }
  });
  return [...result, ...source.slice(at)].join("");
}

const long = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join("");

describe("unifiedDiff()", () => {
  it("writes what diff -u writes", () => {
    assertEquals(
      unifiedDiff("f", "a\nb\n", "a\nc"),
      "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n",
    );
    assertEquals(unifiedDiff("f", null, "a\n"), "--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
    assertEquals(unifiedDiff("f", "a\n", null), "--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
    assertEquals(unifiedDiff("f", "a\n", "a\n"), "");
  });

  const rows: readonly (readonly [string, string])[] = [
    [long, long.replace("line 3\n", "").replace("line 20\n", "x\ny\n")],
    [long, `first\n${long}last`],
    [long.replaceAll("\n", "\r\n"), `${long.replaceAll("\n", "\r\n")}x\r\n`],
    ["a", "a\n"],
    ["a\n", "a"],
    ["", "a"],
    ["a\n\n\nb", "\n\na\n"],
    ["- a\n+ b\n  c\n", "+ b\n- a\n"],
  ];
  rows.forEach(([before, after], index) => {
    it(`row ${index + 1} applies, and back`, () => {
      assertEquals(apply(before, unifiedDiff("f", before, after)), after);
      assertEquals(apply(after, unifiedDiff("f", after, before)), before);
    });
  });
});
