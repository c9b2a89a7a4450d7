import { assert, assertEquals, assertThrows } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../src/core/errors.ts";
import { decodeUtf8, isExactNumber, parseStrictJson } from "../../src/core/strict_json.ts";
import canonical from "../vectors/json/canonical.json" with { type: "json" };
import invalid from "../vectors/json/invalid.json" with { type: "json" };
import valid from "../vectors/json/valid.json" with { type: "json" };

function codeOf(run: () => unknown): string {
  return assertThrows(run, EngineError).code;
}

describe("parseStrictJson()", () => {
  it("JSON-14 has its vectors", () => {
    assertEquals([valid.rows.length, valid.count], [44, 44]);
    assertEquals([invalid.rows.length, invalid.count], [104, 104]);
  });

  for (const { name, text } of valid.rows) {
    it(`JSON-14 parses ${name}`, () => {
      assertEquals(parseStrictJson(text), JSON.parse(text));
    });
  }

  for (const { name, by, text } of invalid.rows) {
    it(`${by === "grammar" ? "JSON-14 " : ""}refuses ${name}`, () => {
      assertEquals(codeOf(() => parseStrictJson(text)), "operation_invalid");
      // The vector says truly whose rule it breaks.
      if (by === "grammar") assertThrows(() => JSON.parse(text), SyntaxError);
      else JSON.parse(text);
    });
  }

  it("JSON-04 refuses bare lone surrogates in values and keys", () => {
    for (const text of ['"\ud800"', '["a\udc00b"]', '{"\ud83d":1}', '"\ude00\ud83d"']) {
      assertEquals(codeOf(() => parseStrictJson(text)), "operation_invalid");
    }
  });

  it("JSON-02 keeps constructor and prototype as inert data", () => {
    const value = parseStrictJson('{"constructor":{"prototype":{"allowed":true}}}');
    assertEquals(Object.getPrototypeOf(value), Object.prototype);
    assertEquals(Object.hasOwn(Object(value), "constructor"), true);
    assertEquals(Reflect.get({}, "allowed"), undefined);
  });

  it("JSON-03 refuses a million opening brackets without overflow", () => {
    for (const text of ["[".repeat(1_000_000), '{"a":'.repeat(1_000_000)]) {
      assertEquals(codeOf(() => parseStrictJson(text)), "operation_invalid");
    }
  });

  it("JSON-03 counts maxDepth exactly", () => {
    assertEquals(parseStrictJson("[[1]]", { maxDepth: 2 }), [[1]]);
    assertEquals(codeOf(() => parseStrictJson("[[1]]", { maxDepth: 1 })), "operation_invalid");
    assertEquals(parseStrictJson("1", { maxDepth: 0 }), 1);
    assertEquals(codeOf(() => parseStrictJson("[]", { maxDepth: 0 })), "operation_invalid");
  });

  it("throws the code it was given", () => {
    assertEquals(codeOf(() => parseStrictJson("", { code: "event_invalid" })), "event_invalid");
  });

  it("says where: line, column and offset", () => {
    const { message } = assertThrows(
      () => parseStrictJson('{\n  "a": 1,\n  "a": 2\n}'),
      EngineError,
    );
    assert(message.includes(" 3:3 (offset 14)"), message);
  });

  it("answers in one line without control characters", () => {
    const text = '{"\\n\\u001b[2J":1,"\\n\\u001b[2J":2}';
    const { message } = assertThrows(() => parseStrictJson(text), EngineError);
    // deno-lint-ignore no-control-regex -- control characters are what is searched
    assertEquals(/[\u0000-\u001f]/.test(message), false);
  });

  it("JSON-08 takes 1 MiB of any shape in linear time", () => {
    const size = 1_048_576;
    const shapes = [`"${"a".repeat(size)}"`, `"${"\\n".repeat(size / 2)}"`, " ".repeat(size) + "1"];
    shapes.push(`[${"0,".repeat(size / 2)}0]`, `[${"[],".repeat(size / 3)}0]`);
    shapes.push(`{${Array.from({ length: size / 10 }, (_, i) => `"${i}":1`).join()}}`);
    const start = performance.now();
    for (const text of shapes) parseStrictJson(text);
    // Some 100 ms together; the bound only tells linear from quadratic on a busy machine.
    assert(performance.now() - start < 5_000);
  });
});

describe("isExactNumber()", () => {
  const rows: readonly (readonly [number, boolean])[] = [
    [0, true],
    [-0.5, true],
    [Number.MAX_SAFE_INTEGER, true],
    [Number.MAX_SAFE_INTEGER + 1, false],
    [Number.MIN_SAFE_INTEGER, true],
    [Number.MIN_SAFE_INTEGER - 1, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, false],
  ];
  for (const [value, expected] of rows) {
    it(`JSON-12 answers ${expected} for ${value}`, () =>
      assertEquals(isExactNumber(value), expected));
  }
});

describe("decodeUtf8()", () => {
  it("decodes and keeps a byte order mark for the parser to refuse", () => {
    assertEquals(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b)), "\ufeff{");
  });

  const broken: readonly (readonly [string, readonly number[]])[] = [
    ["a bare continuation", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["a cut sequence", [0xe2, 0x82]],
    ["a point past U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00]],
  ];
  for (const [name, bytes] of broken) {
    it(`JSON-04 refuses ${name}`, () => {
      assertEquals(codeOf(() => decodeUtf8(Uint8Array.from(bytes))), "operation_invalid");
    });
  }
});

describe("canonicalize()", () => {
  it("JSON-10 has its vectors", () => {
    assertEquals([canonical.rows.length, canonical.count], [26, 26]);
  });

  for (const row of canonical.rows) {
    it(`JSON-10 agrees with ${row.name}`, () => {
      const value = row.text === undefined ? doubleOf(row.bits) : JSON.parse(row.text);
      assertEquals(canonicalize(value), row.canonical);
    });
  }
});

function doubleOf(bits = ""): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}
