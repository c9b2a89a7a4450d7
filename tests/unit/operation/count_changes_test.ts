import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { claimedNumber } from "../../../src/core/operation/claimed_number.ts";
import { countChanges } from "../../../src/core/operation/count_changes.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";

const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n";

const envelope = (...lines: string[]) =>
  ["*** Begin Patch", "*** Update File: x", ...lines, "*** End Patch"].join("\n");

describe("countChanges()", () => {
  const rows:
    readonly (readonly [string, Record<string, unknown>, number, number | null, number])[] = [
      ["a write that shows nothing", {}, 1, null, 1],
      ["a diff of the same file", { affected_files: ["x"], diff }, 1, 3, 4],
      ["a diff of another file", { affected_files: ["y"], diff }, 2, 3, 5],
      [
        "the larger of diff and content",
        { affected_files: ["x"], diff, content: "1\n2\n3\n4\n5\n" },
        1,
        5,
        6,
      ],
      [
        "the diff's lines when it shows all of the content",
        { affected_files: ["x"], content: "1\n2\n", diff: envelope("@@", " 1", "-x", "+2", " ") },
        1,
        2,
        3,
      ],
      [
        "all lines when the content goes on",
        { affected_files: ["x"], content: "1\n2\n3\n4\n", diff: envelope("@@", " 1", "+2", " ") },
        1,
        4,
        5,
      ],
      [
        "all lines when there are two hunks",
        { affected_files: ["x"], content: "1\n2\n3\n", diff: envelope("+1", "@@", "+2") },
        1,
        3,
        4,
      ],
      ["a diff that cannot be read", { diff: "?", content: "a\n" }, 1, null, 1],
      ["content ending in a line feed", { content: "a\nb\n" }, 1, 2, 3],
      ["content ending without", { content: "a\nb" }, 1, 2, 3],
      ["empty content", { content: "" }, 1, 0, 1],
      ["one empty line", { content: "\n" }, 1, 1, 2],
      ["the same file twice", { affected_files: ["x", "x"], content: "a" }, 1, 1, 2],
      ["a deletion", { type: "file_delete", affected_files: ["a", "b"] }, 2, 0, 2],
      ["a rename with a diff", { type: "file_rename", affected_files: ["w", "x"], diff }, 2, 3, 5],
      ["a command", { type: "command", command: "ls" }, 1, null, 1],
      ["an unknown type", { type: "purge" }, 1, null, 1],
    ];
  for (const [name, fields, files, changedLines, total] of rows) {
    it(`counts ${name}`, () => {
      const input = { type: "file_write", affected_files: ["x"], ...fields };
      assertEquals(countChanges(parseOperation(input)), { files, changedLines, total });
    });
  }
});

describe("claimedNumber()", () => {
  const rows: readonly (readonly [Record<string, unknown>, number | null | "invalid"])[] = [
    [{}, null],
    [{ n: 0 }, 0],
    [{ n: 7.5 }, 7.5],
    [{ n: -1 }, "invalid"],
    [{ n: "7" }, "invalid"],
    [{ n: "" }, "invalid"],
    [{ n: null }, "invalid"],
    [{ n: true }, "invalid"],
    [{ n: [] }, "invalid"],
    [{ n: {} }, "invalid"],
    [{ n: [7] }, "invalid"],
  ];
  for (const [metadata, expected] of rows) {
    it(`JSON-12 reads ${JSON.stringify(metadata)}`, () => {
      const { metadata: parsed } = parseOperation({ type: "network", metadata });
      assertEquals(claimedNumber(parsed, "n"), expected);
    });
  }

  it("JSON-12 calls what JSON cannot say invalid, and sees no inherited name", () => {
    assertEquals(claimedNumber({ n: Number.NaN }, "n"), "invalid");
    assertEquals(claimedNumber({ n: Infinity }, "n"), "invalid");
    assertEquals(claimedNumber({}, "constructor"), null);
  });
});
