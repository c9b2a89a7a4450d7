import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  matchCall,
  mayMatchCall,
  parseCommandPattern,
} from "../../../src/core/operation/command_pattern.ts";
import type { ProgramCall } from "../../../src/core/operation/effect_plan.ts";
import { matchWord } from "../../../src/core/operation/word_glob.ts";

type Match = typeof matchCall;

function match(matches: Match, pattern: string, call: ProgramCall): boolean {
  const parsed = parseCommandPattern(pattern);
  return parsed !== null && matches(parsed, call);
}

/** Pattern, program, whether it may be meant, whether it is named. */
const rows: readonly (readonly [string, ProgramCall, boolean, boolean])[] = [
  ["git push", ["git", "push"], true, true],
  ["git push", ["git", "push", "origin"], false, false],
  ["git push", ["git"], false, false],
  ["git push *", ["git", "push"], true, true],
  ["git push *", ["git", "push", "origin", "main"], true, true],
  ["git push *", ["git", "-C", "x", "push"], false, false],
  ["git push *", ["git", "pushed"], false, false],
  ["  git   push  ", ["git", "push"], true, true],
  ["git * main", ["git", "push", "main"], true, true],
  ["git * main", ["git", "main"], false, false],
  ["git * main", ["git", "push", "origin", "main"], false, false],
  ["npm run deploy:*", ["npm", "run", "deploy:live"], true, true],
  ["npm run deploy:*", ["npm", "run", "deploy"], false, false],
  ["*", ["anything", "at", "all"], true, true],
  ["* --force", ["rm", "--force"], true, true],
  ["rm *", ["/bin/rm", "x"], true, false],
  ["rm *", ["RM", "x"], true, false],
  ["rm *", ["\uff52\uff4d", "x"], true, false],
  ["rm *", ["r\u200dm", "x"], true, false],
  ["rm *", ["/usr/BIN/Rm", "x"], true, false],
  ["/bin/rm *", ["/bin/rm", "x"], true, true],
  ["/bin/rm *", ["rm", "x"], true, false],
  ["*", ["/tmp/anything"], true, true],
  ["* x", ["/tmp/anything", "x"], true, false],
  ["git Push", ["git", "push"], false, false],
  // A word nobody knows may be many words, or none.
  ["git push *", ["git", null], true, false],
  ["git push origin", ["git", null], true, false],
  ["git push", ["git", null, "push"], true, false],
  ["git push", ["git", "push", null], true, false],
  ["git push *", ["git", "push", null], true, false],
  ["git push", ["git", "pull", null], false, false],
  ["git push", [null], true, false],
  ["rm x", [null, "rm", "x"], true, false],
  ["rm x", [null, "x"], true, false],
  ["rm x y", [null, "z"], false, false],
];

function idOf([program]: ProgramCall): string {
  if (program?.startsWith("/") === true) return "CMD-17 ";
  return /^[a-z]/.test(program ?? "a") ? "" : "CMD-21 ";
}

describe("mayMatchCall() and matchCall()", () => {
  for (const [pattern, call, may, does] of rows) {
    it(`${idOf(call)}"${pattern}" and ${JSON.stringify(call)}`, () => {
      const got = [match(mayMatchCall, pattern, call), match(matchCall, pattern, call)];
      assertEquals(got, [may, does]);
    });
  }

  it("names nothing that it may not mean", () => {
    for (const [, , may, does] of rows) assertEquals(does && !may, false);
  });

  it("takes no pattern without words", () => {
    for (const pattern of ["", "   "]) assertEquals(parseCommandPattern(pattern), null);
  });

  it("stays linear in what it is given", () => {
    const call = Array.from({ length: 1_000 }, (_, i) => i % 2 === 0 ? null : "a");
    const start = performance.now();
    assertEquals(match(mayMatchCall, `${"* ".repeat(500)}a`, call), true);
    const nothing = Array.from({ length: 20_000 }, () => null);
    assertEquals(match(mayMatchCall, `${"* ".repeat(500)}b`, [...nothing, "c"]), false);
    assertEquals(performance.now() - start < 2_000, true);
  });
});

describe("matchWord()", () => {
  const words: readonly (readonly [string, string, boolean])[] = [
    ["a", "a", true],
    ["a", "A", false],
    ["a", "ab", false],
    ["*", "", true],
    ["*", "anything", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a**c", "ac", true],
    ["*ab*ab*", "ab", false],
    ["*ab*ab*", "abab", true],
    ["mcp__*__drop", "mcp__db__drop", true],
    ["", "", true],
    ["", "a", false],
    [".", "x", false],
  ];
  for (const [pattern, word, wanted] of words) {
    it(`"${pattern}" ${wanted ? "is" : "is not"} "${word}"`, () => {
      assertEquals(matchWord(pattern, word), wanted);
    });
  }
});
