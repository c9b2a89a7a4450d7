import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxPatternCharacters } from "../../../src/core/limits.ts";
import { foldForMatching, lowerCase } from "../../../src/core/operation/fold_for_matching.ts";
import {
  maxDeepNames,
  maxPatternNames,
  parseGlob,
  PatternError,
} from "../../../src/core/operation/glob.ts";
import { compilePatternSet } from "../../../src/core/operation/pattern_set.ts";
import vectors from "../../vectors/wildmatch.json" with { type: "json" };

function matches(pattern: string, path: string): boolean {
  const forms = [foldForMatching(path), lowerCase(path)];
  return compilePatternSet([parseGlob(pattern)]).match(forms).length === 1;
}

function assertRows(pattern: string, hits: readonly string[], misses: readonly string[]): void {
  for (const path of hits) assert(matches(pattern, path), `${pattern} must match ${path}`);
  for (const path of misses) assert(!matches(pattern, path), `${pattern} must miss ${path}`);
}

function assertRefused(pattern: string, offset: number): void {
  const error = assertThrows(() => parseGlob(pattern), PatternError);
  assertEquals(error.offset, offset, JSON.stringify(pattern));
  assert(error.hint !== "" && !error.message.includes("\n"));
}

describe("parseGlob()", () => {
  it("agrees with every vector of wildmatch.json", () => {
    assertEquals([vectors.matches.length, vectors.refused.length], [MATCHES, REFUSED]);
    for (const [pattern, path, expected] of vectors.matches) {
      const actual = matches(String(pattern), String(path));
      assertEquals(actual, expected, `${JSON.stringify(pattern)} on ${JSON.stringify(path)}`);
    }
    for (const [pattern, offset] of vectors.refused) assertRefused(String(pattern), Number(offset));
  });

  it("GLOB-01 *.env protects names that end in .env at any depth", () => {
    assertRows("*.env", [".env", "prod.env", "dir/.env", "a/b/c.env"], ["env", ".env.example"]);
  });

  it("GLOB-02 .scalpel/* protects the folder and everything below", () => {
    const hits = [".scalpel", ".scalpel/policy.yaml", ".scalpel/sub/deep/x", ".scalpel/.hidden"];
    assertRows(".scalpel/*", hits, [".scalpel-notes/x", "a/.scalpel/x", "scalpel"]);
    assertRows(".scalpel/**", hits, [".scalpel-notes/x"]);
  });

  it("GLOB-03 a pattern without slash matches at any depth, with slash from the root", () => {
    assertRows("key", ["key", "a/key", "a/b/key/c"], ["keys"]);
    assertRows("a/key", ["a/key", "a/key/b"], ["key", "b/a/key"]);
    assertRows("/key", ["key", "key/b"], ["a/key"]);
  });

  it("GLOB-04 ** stands for any number of whole names, and nothing else", () => {
    for (const everything of ["**", "**/", "/**"]) assertRows(everything, ["", "a", "a/.b"], []);
    assertRows("a/**", ["a", "a/b", "a/b/c"], ["b"]);
    assertRows("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a", "a/xb", "b"]);
    assertRefused("***", 0);
    assertRefused("a/x**", 3);
  });

  it("GLOB-05 a trailing slash protects the folder and below", () => {
    assertRows("secrets/", ["secrets", "secrets/a", "x/secrets/a/b"], ["secret", "secrets2"]);
  });

  it("GLOB-06 ? and classes never match a slash; classes read as git's", () => {
    assertRows("a?b", ["axb"], ["a/b"]);
    assertRows("a[!x]b", ["ayb"], ["axb", "a/b", "AXB"]);
    assertRows("a[^x]b", ["ayb"], ["axb", "a/b"]);
    assertRows("[]a]", ["]", "a"], ["b"]);
    assertRows("[a-]", ["a", "-"], ["b"]);
    assertRefused("x/[a", 2);
  });

  it("GLOB-07 refuses negation", () => assertRefused("!x", 0));

  it("GLOB-08 refuses comments, trailing blanks and CR; their escapes are literal", () => {
    assertRefused("#x", 0);
    assertRefused("x ", 1);
    assertRefused("x\r", 1);
    assertRows("\\#x", ["#x"], ["x"]);
    assertRows("x\\ ", ["x "], ["x"]);
  });

  it("GLOB-09 refuses braces, extended globs and POSIX classes", () => {
    for (const pattern of ["{a,b}", "+(a|b)", "@(a)", "!(a)", "[[:alpha:]]", "[[:constructor:]]"]) {
      assertThrows(() => parseGlob(pattern), PatternError);
    }
  });

  it("GLOB-10 a backslash escapes one character and never ends a pattern", () => {
    assertRows("a\\*b", ["a*b"], ["axb", "ab"]);
    assertRefused("a\\", 1);
    assertRefused("src\\app.ts", 3);
  });

  it("GLOB-13 absolute patterns are tried on both readings; .. and ~ are refused", () => {
    assertRows("/etc/x", ["/etc/x", "/etc/x/y", "etc/x"], ["/a/etc/x"]);
    assertRows("//etc/x", ["/etc/x"], ["etc/x"]);
    assertRefused("../x", 0);
    assertRefused("a/../x", 2);
    assertRefused("~/x", 0);
  });

  it("bounds the length and the names of a pattern", () => {
    parseGlob("a".repeat(maxPatternCharacters));
    assertRefused("a".repeat(maxPatternCharacters + 1), maxPatternCharacters);
    parseGlob("a/".repeat(maxPatternNames));
    assertRefused("a/".repeat(maxPatternNames + 1), 0);
    parseGlob("**/a/".repeat(maxDeepNames));
    assertRefused("**/a/".repeat(maxDeepNames + 1), 0);
  });
});

/** Counts of wildmatch.json: a loader that loads nothing must fail. */
const MATCHES = 296;
const REFUSED = 56;
