import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeDetails, parseDetails } from "../../../src/core/audit/details.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxDetailsBytes, maxDetailsDepth } from "../../../src/core/limits.ts";

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 1; i < depth; i++) value = [value];
  return { value };
}

const frameBytes = '{"a":""}'.length;

describe("encodeDetails()", () => {
  it("writes plain JSON in its own order", () => {
    assertEquals(
      encodeDetails({ b: 1, a: [true, null, "x", { z: -1.5 }] }),
      '{"b":1,"a":[true,null,"x",{"z":-1.5}]}',
    );
  });
  it("takes details of exactly maxDetailsBytes and not one more", () => {
    const room = maxDetailsBytes - frameBytes;
    assertEquals(encodeDetails({ a: "x".repeat(room) }).length, maxDetailsBytes);
    const long = () => encodeDetails({ a: "x".repeat(room + 1) });
    assertEquals(assertThrows(long, EngineError).code, "event_invalid");
  });
  it("counts bytes as written, escapes included", () => {
    const room = Math.floor((maxDetailsBytes - frameBytes) / 6);
    const long = () => encodeDetails({ a: "\u00fc".repeat(room + 1) });
    assertEquals(encodeDetails({ a: "\u00fc".repeat(room) }).length, frameBytes + room * 6);
    assertEquals(assertThrows(long, EngineError).code, "event_invalid");
  });
  it("takes nesting of exactly maxDetailsDepth and not one more", () => {
    assertEquals(encodeDetails(nested(maxDetailsDepth)).includes("1"), true);
    const deep = () => encodeDetails(nested(maxDetailsDepth + 1));
    assertEquals(assertThrows(deep, EngineError).code, "event_invalid");
  });
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const rows: readonly [string, unknown][] = [
    ["null", null],
    ["undefined", undefined],
    ["an array", []],
    ["a string", "x"],
    ["NaN", { a: NaN }],
    ["Infinity", { a: Infinity }],
    ["a number past 2^53", { a: 2 ** 53 }],
    ["a bigint", { a: 1n }],
    ["an undefined member", { a: undefined }],
    ["a hole", { a: new Array(1) }],
    ["a function", { a: () => 1 }],
    ["a date", { a: new Date(0) }],
    ["a map", new Map()],
    ["an object with toJSON", { toJSON: () => ({}) }],
    ["half a surrogate pair", { a: "\ud800" }],
    ["half a surrogate pair in a key", { "\udc00": 1 }],
    ["a prototype member", JSON.parse('{"__proto__":1}')],
    ["a circle", circular],
  ];
  for (const [name, value] of rows) {
    it(`refuses ${name}`, () => {
      assertEquals(assertThrows(() => encodeDetails(value), EngineError).code, "event_invalid");
    });
  }
});

describe("parseDetails()", () => {
  it("P1 reads only what encodeDetails would write", () => {
    assertEquals(parseDetails('{"a":[1,"\\u2028"]}'), { a: [1, "\u2028"] });
    for (const text of ['{"a": 1}', '{"a":1.0}', '{"b":1,"1":2}', '"x"', "[]", "{}{}", ""]) {
      assertEquals(assertThrows(() => parseDetails(text), EngineError).code, "audit_tampered");
    }
  });
});
