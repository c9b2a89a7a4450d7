import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseDiff } from "../../../src/core/operation/parse_diff.ts";

const hunk = "@@ -1 +1 @@\n-a\n+b\n";

function summary(diff: string): string | null {
  const parsed = parseDiff(diff);
  if (parsed === null) return null;
  const effects = parsed.effects.map(({ verb, path }) => `${verb} ${path}`).join(", ");
  return `${effects} | +${parsed.addedLines} -${parsed.removedLines}`;
}

describe("parseDiff() reads", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["git's form", `--- a/x\n+++ b/x\n${hunk}`, "write x | +1 -1"],
    [
      "git's form with headers",
      `diff --git a/s/x b/s/x\nindex 1..2 100644\n--- a/s/x\n+++ b/s/x\n${hunk}`,
      "write s/x | +1 -1",
    ],
    [
      "a plain diff at both depths of patch -p",
      `--- s/x\n+++ s/x\n${hunk}`,
      "write s/x, write x | +1 -1",
    ],
    ["two names in one plain pair", `--- x.orig\n+++ x\n${hunk}`, "write x.orig, write x | +1 -1"],
    ["time stamps", `--- x\t2026-01-01 00:00:00\n+++ x\t2026-01-02\n${hunk}`, "write x | +1 -1"],
    ["a name with blanks", `--- a/a b\t\n+++ b/a b\t\n${hunk}`, "write a b | +1 -1"],
    ["a new file", "--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n", "create x | +2 -0"],
    ["a deleted file", "--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n", "delete x | +0 -2"],
    [
      "a new empty file",
      "diff --git a/x b/x\nnew file mode 100644\nindex 000..e69\n",
      "create x | +0 -0",
    ],
    [
      "a deleted empty file",
      "diff --git a/x b/x\ndeleted file mode 100644\n",
      "delete x | +0 -0",
    ],
    [
      "a rename",
      "diff --git a/x b/.env\nsimilarity index 100%\nrename from x\nrename to .env\n",
      "delete x, create .env | +0 -0",
    ],
    [
      "a copy",
      "diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n",
      "read x, create y | +0 -0",
    ],
    [
      "a change of mode",
      "diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n",
      "chmod x y, chmod x y | +0 -0",
    ],
    [
      "git's form without prefixes",
      `diff --git x x\n--- x\n+++ x\n${hunk}`,
      "write x | +1 -1",
    ],
    [
      "a quoted name",
      `--- "a/\\303\\251\\"x"\n+++ "b/\\303\\251\\"x"\n${hunk}`,
      'write \u00e9"x | +1 -1',
    ],
    [
      "two files",
      `--- a/x\n+++ b/x\n${hunk}\n--- a/y\n+++ b/y\n${hunk}`,
      "write x, write y | +2 -2",
    ],
    ["two hunks", `--- a/x\n+++ b/x\n${hunk}${hunk}`, "write x | +2 -2"],
    ["CRLF in headers", `--- a/x\r\n+++ b/x\r\n${hunk}`, "write x | +1 -1"],
    [
      "no newline at end of file",
      `--- a/x\n+++ b/x\n${hunk}\\ No newline at end of file\n`,
      "write x | +1 -1",
    ],
    [
      "a stripped empty context line",
      "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ function f()\n a\n\n-b\n+c\n",
      "write x | +1 -1",
    ],
    [
      "removed and added lines that look like headers",
      "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/.env\n+++ b/.env\n @@\n",
      "write x | +1 -1",
    ],
  ];
  for (const [name, diff, expected] of rows) {
    it(name, () => assertEquals(summary(diff), expected));
  }

  it("each hunk's side as the file will be", () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n c\n-a\n+b\n";
    assertEquals(parseDiff(diff)?.hunks, [
      { path: "x", paths: ["x"], newText: "c\nb", growthBytes: 0 },
    ]);
  });

  it("how many bytes a hunk adds, line ends included", () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-abcd\n-e\n+\u00e9\n+xyz\n";
    assertEquals(parseDiff(diff)?.hunks[0]?.growthBytes, -7 + 7);
    const grown = "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+\u00e9\n+xyz\n";
    assertEquals(parseDiff(grown)?.hunks[0]?.growthBytes, 7);
  });

  it("PATH-16 a new symbolic link as a link, not as a file", () => {
    const diff = "diff --git a/.claude b/.claude\nnew file mode 120000\n--- /dev/null\n" +
      "+++ b/.claude\n@@ -0,0 +1 @@\n+tmp\n\\ No newline at end of file\n";
    const verbs = parseDiff(diff)?.effects.map(({ verb, path }) => `${verb} ${path}`);
    assertEquals(verbs?.[0], "link .claude");
  });

  it("distinct paths in their likeliest reading", () => {
    assertEquals([...parseDiff(`--- s/x\n+++ s/x\n${hunk}`)?.paths ?? []], ["s/x"]);
  });
});

describe("parseDiff() refuses", () => {
  const good = `--- a/x\n+++ b/x\n${hunk}`;
  const rows: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["blank lines", "\n\n"],
    ["prose", "change x\n"],
    ["text before, where patch(1) would look for names", `Index: .env\n${good}`],
    ["text after", `${good}-- \n2.39.0\n`],
    ["text between", `${good}Prereq: 1\n${good}`],
    ["a hunk alone", hunk],
    ["a pair without a hunk", "--- a/x\n+++ b/x\n"],
    ["half a pair", `--- a/x\n${hunk}`],
    ["a header alone", "diff --git a/x b/x\n"],
    [
      "a header that names another file than its pair",
      `diff --git a/x b/x\n--- a/.env\n+++ b/.env\n${hunk}`,
    ],
    [
      "a mode for a file that cannot be told",
      "diff --git a/x b/y\nold mode 100644\nnew mode 100755\n",
    ],
    ["two times /dev/null", `--- /dev/null\n+++ /dev/null\n${hunk}`],
    ["fewer lines than announced", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+b\n"],
    ["more lines than announced", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n"],
    ["an unknown mark in a hunk", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n*a\n+b\n"],
    ["a combined diff", "diff --cc x\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n  a\n"],
    ["a context diff", "*** x\n--- x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n"],
    ["a binary patch", "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 0\n"],
    ["a binary note", "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n"],
    ["an apply_patch envelope", "*** Begin Patch\n*** Update File: x\n*** End Patch\n"],
    ["an empty name", `--- a/\n+++ b/\n${hunk}`],
    ["a name with a control character", `--- "a/x\\001"\n+++ "b/x\\001"\n${hunk}`],
    ["a quoted name that is not UTF-8", `--- "a/\\377"\n+++ "b/\\377"\n${hunk}`],
    ["an unclosed quote", `--- "a/x\n+++ "b/x\n${hunk}`],
    ["a line count of ten digits", "--- a/x\n+++ b/x\n@@ -1,1000000000 +1 @@\n-a\n+b\n"],
  ];
  for (const [name, diff] of rows) {
    it(name, () => assertEquals(summary(diff), null));
  }
});
