import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseArgv, quoteArgv } from "../../../src/edge/hook/argv_command.ts";
import { globFolder } from "../../../src/edge/hook/file_drafts.ts";

describe("quoteArgv()", () => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["ls", "-l", "a.ts"], "ls -l a.ts"],
    [["rm", "a b"], "rm 'a b'"],
    [["echo", "it's", "$HOME", "`x`", "a\nb", ""], "echo 'it'\\''s' '$HOME' '`x`' 'a\nb' ''"],
    [["A=1", "B.c=2"], "'A=1' B.c=2"],
    [["~/x", "a*", "{a,b}", "#"], "'~/x' 'a*' '{a,b}' '#'"],
  ];
  for (const [argv, line] of rows) {
    it(`CMD-18 writes ${JSON.stringify(argv)}`, () => assertEquals(quoteArgv(argv), line));
  }
});

describe("parseArgv()", () => {
  it("takes words only", () => {
    assertEquals(parseArgv(["a", ""]), ["a", ""]);
    for (const value of [[], ["a", 1], ["a", null], "a", undefined, null, {}]) {
      assertEquals(parseArgv(value), null);
    }
  });
});

describe("globFolder()", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["*.ts", ""],
    ["a.ts", ""],
    ["src/*.ts", "src"],
    ["src/a/b.ts", "src/a"],
    ["../x/**", "../x"],
    ["/*", "/"],
    ["/etc/a*/b", "/etc"],
    ["a/{b,c}/d", "a"],
    ["", ""],
  ];
  for (const [pattern, folder] of rows) {
    it(`of "${pattern}" is "${folder}"`, () => assertEquals(globFolder(pattern), folder));
  }
});
