import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeInstant, parseInstant } from "../../../src/core/audit/instant.ts";
import { EngineError } from "../../../src/core/errors.ts";

describe("encodeInstant()", () => {
  it("writes 27 characters at both ends of the range", () => {
    assertEquals(encodeInstant(0), "1970-01-01T00:00:00.000000Z");
    assertEquals(encodeInstant(Number.MAX_SAFE_INTEGER), "2255-06-05T23:47:34.740991Z");
    assertEquals(encodeInstant(1_795_370_400_000_007), "2026-11-22T18:00:00.000007Z");
  });
  it("refuses what has no such form", () => {
    for (const micros of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      assertEquals(assertThrows(() => encodeInstant(micros), EngineError).code, "event_invalid");
    }
  });
});

describe("parseInstant()", () => {
  const rows: readonly [string, number | null][] = [
    ["1970-01-01T00:00:00.000001Z", 1],
    ["1970-01-01T00:00:00.1Z", 100_000],
    ["1970-01-01T00:00:00.123456789Z", 123_456],
    ["1970-01-01T01:00+01:00", 0],
    ["1970-01-02", 86_400_000_000],
    ["1970-01-01T00:00:00", null],
    ["1970-13-01T00:00:00Z", null],
    ["1970-02-30T25:00:00Z", null],
    ["yesterday", null],
    ["", null],
    ["0", null],
  ];
  for (const [text, micros] of rows) {
    it(`reads "${text}"`, () => assertEquals(parseInstant(text), micros));
  }
});
