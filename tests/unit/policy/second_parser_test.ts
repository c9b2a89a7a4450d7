import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import {
  compareParsers,
  findDifference,
  parseSecond,
} from "../../../src/core/policy/second_parser.ts";
import { guidePolicy, starterPolicy } from "../../../src/core/policy/starter_policy.ts";

const file = "policy.yaml";

describe("parseSecond()", () => {
  // The scanner refuses all of this before: here stands the second parser alone.
  const refused: Record<string, readonly [string, number, number]> = {
    "YAML-01 duplicate key": ["a: 1\na: 2\n", 2, 1],
    "YAML-07 anchor": ["a: &x 1\n", 1, 7],
    "YAML-07 alias": ["a: &x 1\nb: *x\n", 1, 7],
    "YAML-07 undefined alias": ["a: *x\n", 1, 4],
    "YAML-08 unknown tag": ["a: !foo 1\n", 1, 4],
    "YAML-08 known tag": ["a: !!str 1\n", 1, 10],
    "YAML-17 tab as indent": ["a:\n\tb: 1\n", 2, 1],
    "YAML-18 complex key": ["? [a, b]\n: 1\n", 1, 3],
    "YAML-18 null key": ["~: 1\n", 1, 1],
    "YAML-18 number key": ["1: 1\n", 1, 1],
    "YAML-18 merge key": ["a:\n  <<: {b: 1}\n", 2, 3],
    "two documents": ["a: 1\n---\nb: 1\n", 2, 1],
    "unclosed bracket": ["a: [1\n", 2, 1],
  };
  for (const [name, [text, line, column]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      const error = assertThrows(() => parseSecond(text, file), EngineError);
      assertEquals(error.code, "policy_syntax");
      assertEquals([error.location?.line, error.location?.column], [line, column]);
    });
  }

  it("reads plain YAML", () => {
    assertEquals(parseSecond("a: [1, {b: 'c'}]\n", file), { a: [1, { b: "c" }] });
  });
});

describe("compareParsers()", () => {
  it("finds no difference in the policies we write ourselves", () => {
    for (const text of [guidePolicy, starterPolicy]) assertEquals(compareParsers(text, file), null);
  });

  it("finds text that only one of the two can read, with the place", () => {
    // Past the last code point: the first reader wraps around to U+10041.
    const error = compareParsers('version: "1.0"\na: "x\\U04010041"\n', file);
    assertEquals(error?.code, "policy_syntax");
    assertEquals([error?.location?.line, error?.location?.column], [2, 6]);
  });

  it("passes the first reader's refusal on", () => {
    assertEquals(compareParsers("a: *b\n", file)?.code, "policy_syntax");
    assertEquals(compareParsers('a: "\\0"\n', file)?.location?.column, 4);
  });
});

describe("findDifference()", () => {
  it("names the first node that differs", () => {
    const rows: readonly [unknown, unknown, readonly (string | number)[] | null][] = [
      [{ a: [1, { b: null }] }, { a: [1, { b: null }] }, null],
      [-0, 0, null],
      [10, 12, []],
      [{ a: 10 }, { a: "1_0" }, ["a"]],
      [{ a: [1, 2] }, { a: [1] }, ["a", 1]],
      [{ a: [1] }, { a: [1, 2] }, ["a", 1]],
      [{ a: 1 }, { a: 1, b: undefined }, ["b"]],
      [{ a: {} }, { a: [] }, ["a"]],
      [{ a: null }, { a: {} }, ["a"]],
      [{ a: {} }, { a: null }, ["a"]],
      [{ ["__proto__"]: 1 }, {}, ["__proto__"]],
    ];
    for (const [first, second, path] of rows) assertEquals(findDifference(first, second), path);
  });
});
