import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { encodeDetails, parseDetails } from "../../src/core/audit/details.ts";
import { EngineError } from "../../src/core/errors.ts";
import { maxDetailsDepth } from "../../src/core/limits.ts";
import { parseStrictJson } from "../../src/core/strict_json.ts";
import { testSeed } from "../support/seeded.ts";

/** The reading it must agree with: a strict parser first, then the one encoding. */
function readStrictly(text: string): unknown {
  try {
    const value = parseStrictJson(text, { maxDepth: maxDetailsDepth, code: "audit_tampered" });
    return encodeDetails(value) === text ? value : "refused";
  } catch {
    return "refused";
  }
}

function read(text: string): unknown {
  try {
    return parseDetails(text);
  } catch (error) {
    if (error instanceof EngineError && error.code === "audit_tampered") return "refused";
    throw error;
  }
}

const traps = [
  '{"a":1,"a":1}',
  '{"a":1,"a":2}',
  '{"__proto__":{}}',
  '{"b":1,"__proto__":2}',
  '{"2":1,"1":2}',
  '{"1":1,"2":2}',
  '{"a":1.0}',
  '{"a":1e2}',
  '{"a":-0}',
  '{"a":9007199254740993}',
  '{"a":1e400}',
  '{"a":"\\ud800"}',
  '{"a":"\\u0041"}',
  '{"a":"\\/"}',
  '{"a": 1}',
  "[]",
  "null",
  '"x"',
  "",
  '{"a":[[[[[[[]]]]]]]}',
  '{"a":[[[[[[[[]]]]]]]]}',
  `{"a":"${"x".repeat(8_184)}"}`,
  `{"a":"${"x".repeat(8_185)}"}`,
];

describe("parseDetails()", () => {
  for (const text of traps) {
    it(`AUD-13 agrees with a strict parser on ${text.slice(0, 40)}`, () => {
      assertEquals(read(text), readStrictly(text));
    });
  }

  it(`AUD-13 agrees with a strict parser on whatever text (seed ${testSeed})`, () => {
    const json = fc.json({ maxDepth: 9 });
    const edit = fc.tuple(fc.nat(), fc.constantFrom('"', "\\", "{", "}", "1", "e", ",", "", " "));
    const text = fc.tuple(json, fc.array(edit, { maxLength: 2 })).map(([whole, edits]) =>
      edits.reduce((before, [at, put]) => {
        const place = before.length === 0 ? 0 : at % before.length;
        return before.slice(0, place) + put + before.slice(place + 1);
      }, `{"a":${whole}}`)
    );
    fc.assert(
      fc.property(text, (one) => assertEquals(read(one), readStrictly(one))),
      { seed: testSeed, numRuns: 3_000 },
    );
  });
});
