import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import {
  activeData,
  activeElements,
  buildWasm,
  type Bytes,
  concat,
  custom,
  externref,
  funcref,
  functionType,
  i32,
  i64,
  importThing,
  limits,
  list,
  name,
  offsetOf,
  op,
  passiveData,
  rawModule,
  section,
  u32,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const everything: WasmParts = {
  types: [[[], []], [[i32, i64], [i32]]],
  imports: [
    ["env", "log", importThing.function(0)],
    ["env", "table", importThing.table(funcref, limits(2))],
    ["env", "base", importThing.global(i32, false)],
  ],
  functions: [
    { type: 1, locals: [[2, i64], [0, i32], [1, externref]], body: [op.localGet, 0] },
    { type: 0, body: [op.call, 0] },
  ],
  tables: [[externref, ...limits(1, 5)]],
  memories: [limits(1, 3)],
  globals: [[i32, 1, op.globalGet, 0, op.end], [i64, 0, op.i64Const, 7, op.end]],
  exports: [["run", "function", 1], ["memory", "memory", 0], ["t", "table", 1]],
  start: 2,
  elements: [
    activeElements(0, [0, 1]),
    [0x03, 0x00, 1, 1],
    [0x05, funcref, 1, op.refNull, funcref, op.end],
    [0x06, 0, ...offsetOf(0), funcref, 1, 0xd2, 1, op.end],
  ],
  dataCount: 2,
  data: [activeData(8, [1, 2, 3]), passiveData([4])],
  customs: [["name", [1, 2]]],
};

/** Fails where the failure is not this one; returns its message. */
function refuse(bytes: Bytes, code: string, offset: number | null): string {
  const failure = assertThrows(() => decodeModule(Uint8Array.from(bytes)), CheckFailure);
  assertEquals([failure.code, failure.offset], [code, offset], failure.message);
  return failure.message;
}

describe("decodeModule()", () => {
  it("finds every part, and V8 agrees that the module is one", () => {
    const bytes = buildWasm(everything);
    assert(WebAssembly.validate(bytes));
    const module = decodeModule(bytes);
    assertEquals(module.types.map((type) => [type.params, type.results]), [
      [[], []],
      [[i32, i64], [i32]],
    ]);
    assertEquals(module.functionTypes, [0, 1, 0]);
    assertEquals([module.importedFunctions, module.importedTables, module.importedGlobals], [
      1,
      1,
      1,
    ]);
    assertEquals(module.tables.map((table) => [table.element, table.limits.maximum]), [
      [funcref, null],
      [externref, 5],
    ]);
    assertEquals(module.memories[0]?.limits.maximum, 3);
    assertEquals(module.globals[0]?.initial.operand, 0);
    assertEquals(module.globalTypes.map((global) => global.isMutable), [false, true, false]);
    assertEquals(module.exports.map((one) => [one.name, one.kind, one.index]), [
      ["run", "function", 1],
      ["memory", "memory", 0],
      ["t", "table", 1],
    ]);
    assertEquals(module.start, 2);
    assertEquals(module.elements.map((one) => [one.mode, one.table, one.count]), [
      ["active", 0, 2],
      ["declarative", 0, 1],
      ["passive", 0, 1],
      ["active", 0, 1],
    ]);
    assertEquals(module.dataCount, 2);
    assertEquals(module.data.map((one) => [one.mode, one.offset?.operand]), [
      ["active", 8],
      ["passive", undefined],
    ]);
    assertEquals(module.code.map((one) => one.localCount), [3, 0]);
    assertEquals(module.sections.map((one) => one.id), [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11, 0]);
    assertEquals(module.sections.at(-1)?.name, "name");
  });

  it("gives ranges that put together again are the module", () => {
    const bytes = buildWasm(everything);
    const module = decodeModule(bytes);
    const cut = (range: { start: number; end: number }): Uint8Array =>
      bytes.subarray(range.start, range.end);
    const again = rawModule(...module.sections.map((one) => cut(one.range)));
    assertEquals(again, bytes);
    const content = (id: number, items: readonly { range: { start: number; end: number } }[]) =>
      section(id, list(items.map((one) => cut(one.range))));
    const whole = (id: number): Uint8Array => {
      const found = module.sections.find((one) => one.id === id);
      return found === undefined ? new Uint8Array() : cut(found.range);
    };
    assertEquals(content(1, module.types), whole(1));
    assertEquals(content(2, module.imports), whole(2));
    assertEquals(content(4, module.tables.slice(module.importedTables)), whole(4));
    assertEquals(content(5, module.memories), whole(5));
    assertEquals(content(6, module.globals), whole(6));
    assertEquals(content(7, module.exports), whole(7));
    assertEquals(content(9, module.elements), whole(9));
    assertEquals(content(10, module.code), whole(10));
    assertEquals(content(11, module.data), whole(11));
    const [body] = module.code;
    assert(body !== undefined);
    const parts = concat([cut(body.localsRange), cut(body.instructions)]);
    assertEquals(concat([u32(parts.length), parts]), cut(body.range));
  });

  it("WASM-03 refuses every truncation of a module", () => {
    const bytes = buildWasm(everything);
    let refused = 0;
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length);
      try {
        decodeModule(cut);
        // A module that ends between two sections can be whole.
        assert(WebAssembly.validate(cut), `${length} bytes`);
      } catch (error) {
        assert(error instanceof CheckFailure, String(error));
        assertEquals(error.code, "invalid_module");
        refused++;
      }
    }
    assert(refused > bytes.length - 10);
  });

  it("refuses the features checks may not use, each with its byte", () => {
    const type = functionType([], []);
    const rows: readonly (readonly [string, Bytes, number])[] = [
      ["shared memory", section(5, list([[3, 1, 1]])), 11],
      ["shared memory without a maximum", section(5, list([[2, 1]])), 11],
      ["64-bit memory", section(5, list([[4, 1]])), 11],
      ["64-bit memory with a maximum", section(5, list([[5, 1, 1]])), 11],
      ["two memories", section(5, list([limits(1), limits(1)])), 13],
      ["small pages", section(5, list([[8, 1, 0]])), 11],
      ["64-bit table", section(4, list([[funcref, 4, 1]])), 12],
      ["shared table", section(4, list([[funcref, 3, 1, 1]])), 12],
      ["table with a value", section(4, list([[0x40, 0, funcref, 0, 1, 0xd0, 0x70, 11]])), 11],
      ["table of any", section(4, list([[0x6e, 0, 1]])), 11],
      ["table of (ref func)", section(4, list([[0x64, 0x70, 0, 1]])), 11],
      ["tags", section(13, list([[0, 0]])), 8],
      ["strings", section(14, [0]), 8],
      ["section 15", section(15, []), 8],
      ["struct", section(1, list([[0x5f, 0]])), 11],
      ["array", section(1, list([[0x5e, i32, 0]])), 11],
      ["group of types", section(1, list([[0x4e, 1, ...type]])), 11],
      ["subtype", section(1, list([[0x50, 0, ...type]])), 11],
      ["stack switching", section(1, list([[0x5d, 0]])), 11],
      ["parameter i31", section(1, list([[0x60, 1, 0x6c, 0]])), 13],
      ["parameter exnref", section(1, list([[0x60, 1, 0x69, 0]])), 13],
      ["result (ref null 0)", section(1, list([[0x60, 0, 1, 0x63, 0]])), 14],
      ["shared global", section(6, list([[i32, 2, ...offsetOf(0)]])), 12],
      ["sum as a constant", section(6, list([[i32, 0, 0x41, 0, 0x41, 0, 0x6a, 11]])), 15],
      ["struct as a constant", section(6, list([[i32, 0, 0xfb, 0, 0, 11]])), 13],
      ["element flags", section(9, list([[8, 0]])), 11],
      ["data flags", section(11, list([[3, 0]])), 11],
      ["object file", custom("linking", [2]), 8],
      ["relocations", custom("reloc.CODE"), 8],
      ["library", custom("dylink.0"), 8],
      ["branch hints", custom("metadata.code.branch_hint"), 8],
      ["imported tag", section(2, list([concat([name("e"), name("t"), [4, 0, 0]])])), 15],
    ];
    for (const [what, part, offset] of rows) {
      const message = refuse(rawModule(part), "feature_refused", offset);
      assert(message.includes("got"), what);
    }
  });

  it("refuses a global that begins as one of the module's own", () => {
    const own = buildWasm({ globals: [[i32, 0, ...offsetOf(0)], [i32, 0, op.globalGet, 0, 11]] });
    assert(WebAssembly.validate(own), "V8 has garbage collection's rule");
    refuse(own, "feature_refused", 18);
  });

  it("WASM-03 refuses modules that are none, with the byte", () => {
    const type = section(1, list([functionType([], [])]));
    const rows: readonly (readonly [string, Bytes, number])[] = [
      ["nothing", [], 0],
      ["text", [...new TextEncoder().encode("(module)")], 0],
      ["component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], 4],
      ["section past the end", rawModule([1, 5, 0]), 11],
      ["section twice", rawModule(type, type), 8 + type.length],
      ["sections out of order", rawModule(section(3, [0]), section(1, [0])), 11],
      ["bytes after the contents", rawModule(section(1, [0, 0])), 8],
      ["over-long size", rawModule([1, 0x81, 0x80, 0x80, 0x80, 0x80, 0, 0]), 9],
      ["function of no type", rawModule(type, section(3, [1, 1])), 8 + type.length + 3],
      ["function without a body", rawModule(type, section(3, [1, 0])), 18],
      ["body without a function", rawModule(section(10, [1, 2, 0, 11])), 10],
      ["data count without data", rawModule(section(12, [1])), 11],
      ["export of nothing", rawModule(section(7, [1, 1, 0x61, 0, 0])), 14],
      ["name that is not UTF-8", rawModule(section(7, [1, 1, 0xff, 0, 0])), 11],
      ["start of nothing", rawModule(section(8, [0])), 10],
      ["data without a memory", rawModule(section(11, list([activeData(0, [])]))), 11],
      ["global of mutability 4", rawModule(section(6, list([[i32, 4, 0x41, 0, 11]]))), 12],
      ["constant that computes", rawModule(section(6, list([[i32, 0, 0x41, 0, 0x45, 11]]))), 15],
      ["custom section without a name", rawModule([0, 0]), 10],
    ];
    for (const [what, bytes, offset] of rows) {
      assert(!WebAssembly.validate(Uint8Array.from(bytes)), what);
      refuse(bytes, "invalid_module", offset);
    }
  });

  it("WASM-03 refuses an export named twice, and shows no control characters", () => {
    const twice = buildWasm({
      types: [[[], []]],
      functions: [{ type: 0, body: [] }],
      exports: [["\u001b[2J\u202ex", "function", 0], ["\u001b[2J\u202ex", "function", 0]],
    });
    const message = refuse(twice, "invalid_module", 32);
    assert(message.includes('"\\u{1b}[2J\\u{202e}x"'), message);
  });
});
