import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileWrite, openShippedCheck } from "../support/shipped_check.ts";

const check = openShippedCheck("licence_header");
const settings = {
  files: ["src/**", "*.sh"],
  header: ["// Copyright {year} The Authors", "// SPDX-License-Identifier: MIT"],
};
const header = "// Copyright 2026 The Authors\n// SPDX-License-Identifier: MIT\n";

const accepted: readonly (readonly [what: string, text: string, file?: string])[] = [
  ["the header and code", `${header}int a;\n`],
  ["the header alone, without a last line end", header.trimEnd()],
  ["other line ends", `${header.replaceAll("\n", "\r\n")}int a;\r\n`],
  ["a span of years", header.replace("2026", "2019-2026")],
  ["two years", header.replace("2026", "2019, 2026")],
  ["a byte order mark", `\ufeff${header}`],
  ["a line that has to be first", `#!/bin/sh\n${header}`, "x.sh"],
  ["a file of another pattern", "int a;\n", "docs/a.c"],
];
const refused: readonly (readonly [what: string, text: string, file?: string])[] = [
  ["nothing", ""],
  ["no header", "int a;\n"],
  ["half a header", "// Copyright 2026 The Authors\nint a;\n"],
  ["a blank line before it", `\n${header}`],
  ["no year", header.replace("2026", "now")],
  ["more on its line", header.replace("MIT", "MIT and more")],
  ["a first line that never ends", "#!/bin/sh", "x.sh"],
  ["a deeper folder", "int a;\n", "src/a/b/c.c"],
];

describe("the check licence-header", () => {
  for (const [what, text, file = "src/a.c"] of accepted) {
    it(`accepts ${what}`, () => assertEquals(check.find(fileWrite(text, file), settings), []));
  }
  for (const [what, text, file = "src/a.c"] of refused) {
    it(`refuses ${what}`, () => {
      assertEquals(check.find(fileWrite(text, file), settings), [{
        code: "licence_header_missing",
        message: "The file does not begin with the licence header",
        severity: null,
        path: file,
        details: null,
      }]);
    });
  }

  it("INV-10 many files beside it switch nothing off", () => {
    const names = Array.from({ length: 300 }, (_, index) => `${index}.md`);
    for (const affected_files of [["a.md", "src/a.c"], [...names, "src/a.c"]]) {
      const operation = { ...fileWrite("int a;"), affected_files };
      assertEquals(check.find(operation, settings).length, 1);
    }
  });

  it("says nothing of operations without content", () => {
    assertEquals(check.find({ type: "file_delete", affected_files: ["src/a.c"] }, settings), []);
  });

  it("matches patterns as the other checks do", () => {
    const matches = (pattern: string, file: string) =>
      check.find(fileWrite("x", file), { ...settings, files: [pattern] }).length === 1;
    const wanted: readonly (readonly [string, string, boolean])[] = [
      ["*.c", "a/b.c", true],
      ["src/*.c", "src/a.c", true],
      ["src/*.c", "src/a/b.c", false],
      ["src/**/*.c", "src/b.c", true],
      ["src/**/*.c", "src/a/b/c.c", true],
      ["**/x", "ax", false],
      ["**/x", "a/x", true],
      ["?.c", "a.c", true],
      ["?.c", "ab.c", false],
      ["**", "a/b", true],
      [`${"*a".repeat(100)}b`, "a".repeat(200), false],
    ];
    for (const [pattern, file, isMatch] of wanted) {
      assertEquals(matches(pattern, file), isMatch, `${pattern} ${file}`);
    }
  });
});
