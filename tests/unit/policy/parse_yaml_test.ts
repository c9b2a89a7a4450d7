import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxDepth, maxPolicyNodes } from "../../../src/core/limits.ts";
import { checkPlain } from "../../../src/core/policy/parse_yaml.ts";
import { PolicyError } from "../../../src/core/policy/policy_error.ts";

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe("checkPlain()", () => {
  it("YAML-03 YAML-07 YAML-08 YAML-10 refuses what no text of ours gives", () => {
    const twice = { a: 1 };
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const rows: Record<string, readonly [unknown, readonly (string | number)[]]> = {
      "an object twice": [{ x: twice, y: [twice] }, ["y", 0]],
      "a cycle": [cycle, [0]],
      "a date": [{ a: new Date(0) }, ["a"]],
      "bytes": [[new Uint8Array(1)], [0]],
      "a map": [new Map(), []],
      "no prototype": [Object.create(null), []],
      "undefined": [[undefined], [0]],
      "a function": [[isNaN], [0]],
      "a bigint": [1n, []],
      "no number": [{ a: { b: NaN } }, ["a", "b"]],
      "infinite": [-Infinity, []],
      "a lone surrogate": ["\udc00", []],
      "an escape sequence": ["\u001b[0m", []],
    };
    for (const [name, [value, path]] of Object.entries(rows)) {
      const error = assertThrows(() => checkPlain(value), PolicyError, "", name);
      assertEquals(error.code, "policy_invalid", name);
      assertEquals(error.path, path, name);
    }
  });

  it("stops at the bounds", () => {
    checkPlain(nest(maxDepth));
    assertThrows(() => checkPlain(nest(maxDepth + 1)), PolicyError);
    checkPlain(Array.from({ length: maxPolicyNodes - 1 }, () => 1));
    assertThrows(() => checkPlain(Array.from({ length: maxPolicyNodes }, () => 1)), PolicyError);
  });

  it("takes plain JSON", () => {
    checkPlain({ a: [null, true, -0, 1.5, "\u{1f600}", {}, []] });
  });
});
