import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { defaultCheckLimits } from "../../../src/core/check/check_limits.ts";
import type { AbiSignatures } from "../../../src/sandbox/abi_signatures.ts";
import { gateModule } from "../../../src/sandbox/gate_module.ts";
import { readModuleFacts } from "../../../src/sandbox/module_facts.ts";
import { moduleLimits } from "../../../src/sandbox/module_limits.ts";
import {
  activeElements,
  buildWasm,
  type Bytes,
  concat,
  funcref,
  i32,
  importThing,
  limits,
  offsetOf,
  op,
  passiveData,
  repeat,
  u32,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const most = moduleLimits;

/** Lets `e.f` in any number of times, and wants nothing. */
const open: AbiSignatures = {
  abi: "native-1",
  imports: [{
    module: "e",
    name: "f",
    signature: { kind: "function", params: [], results: [] },
    isRequired: false,
  }],
  exports: [],
  allowsStart: true,
};

function gate(bytes: Uint8Array<ArrayBuffer>): void {
  gateModule(bytes, { limits: defaultCheckLimits, signatures: open });
}

function refuse(bytes: Uint8Array<ArrayBuffer>, word: string): void {
  const failure = assertThrows(() => gate(bytes), CheckFailure);
  assertEquals(failure.code, "limit_exceeded", failure.message);
  assert(failure.message.includes(word), failure.message);
  assert(failure.message.includes("wanted at most") || failure.message.includes("got more than"));
}

const many = (count: number, item: Bytes): readonly Bytes[] =>
  Array.from({ length: count }, () => item);
const nothing: WasmParts["types"] = [[[], []]];
const one = (body: Bytes, locals: readonly (readonly [number, number])[] = []): WasmParts => ({
  types: nothing,
  functions: [{ type: 0, locals, body }],
});

/** Functions whose branches weigh that much each: 20 a `br_if`, 1 a `block`. */
function weightOf(weights: readonly number[]): WasmParts {
  return {
    types: [[[], []]],
    functions: weights.map((weight) => ({
      type: 0,
      body: concat([
        repeat([op.i32Const, 0, op.brIf, 0], Math.floor(weight / 20)),
        repeat([op.block, op.empty, op.end], weight % 20),
      ]),
    })),
  };
}

/** Functions whose branches come to that much work each: 999 locals and the branch, 1,000 times. */
function workOf(units: readonly number[]): WasmParts {
  const oneResult = { type: 1, body: [op.unreachable] };
  return {
    types: [[[], []], [[], [i32]]],
    functions: [
      oneResult,
      ...units.map((size) => ({
        type: 0,
        locals: [[400, i32], [599, i32]] as const,
        body: concat([
          repeat([op.localGet, 0, op.brIf, 0], Math.floor(size / 1_000)),
          repeat([op.call, 0, op.drop], size % 1_000),
        ]),
      })),
    ],
  };
}

/** By limit: a module with that much of it. */
const rows: readonly (readonly [string, string, number, (size: number) => WasmParts])[] = [
  [
    "types",
    "types",
    most.types,
    (size) => ({ types: Array.from({ length: size }, () => [[], []]) }),
  ],
  ["parameters", "parameters", most.typeValues, (size) => ({
    types: [[repeat([i32], size), []]],
  })],
  ["results", "results", most.typeValues, (size) => ({ types: [[[], repeat([i32], size)]] })],
  ["imports", "imports", most.imports, (size) => ({
    types: nothing,
    imports: Array.from({ length: size }, () => ["e", "f", importThing.function(0)]),
  })],
  ["exports", "exports", most.exports, (size) => ({
    ...one([]),
    exports: Array.from({ length: size }, (_, at) => [`f${at}`, "function", 0]),
  })],
  ["name of an export", "name", most.nameBytes, (size) => ({
    ...one([]),
    exports: [["n".repeat(size), "function", 0]],
  })],
  ["name of a custom section", "name", most.nameBytes, (size) => ({
    customs: [["n".repeat(size), []]],
  })],
  ["functions", "functions", most.functions, (size) => ({
    types: nothing,
    functions: Array.from({ length: size }, () => ({ type: 0, body: [] })),
  })],
  ["functions with imported ones", "functions", most.functions, (size) => ({
    types: nothing,
    imports: [["e", "f", importThing.function(0)]],
    functions: Array.from({ length: size - 1 }, () => ({ type: 0, body: [] })),
  })],
  [
    "globals",
    "globals",
    most.globals,
    (size) => ({ globals: many(size, [i32, 0, ...offsetOf(0)]) }),
  ],
  ["tables", "tables", most.tables, (size) => ({ tables: many(size, [funcref, ...limits(1)]) })],
  ["entries of a table", "entries", most.tableEntries, (size) => ({
    tables: [[funcref, ...limits(size)]],
  })],
  ["entries of two tables", "entries", most.tableEntries, (size) => ({
    tables: [[funcref, ...limits(6_000)], [funcref, ...limits(size - 6_000)]],
  })],
  ["entries of a segment", "entries", most.elementEntries, (size) => ({
    ...one([]),
    elements: [concat([[1, 0], u32(size), repeat([0], size)])],
  })],
  ["entries of two segments", "entries", most.elementEntries, (size) => ({
    ...one([]),
    elements: [
      concat([[1, 0], u32(9_000), repeat([0], 9_000)]),
      concat([[3, 0], u32(size - 9_000), repeat([0], size - 9_000)]),
    ],
  })],
  ["element segments", "element segments", most.elementSegments, (size) => ({
    ...one([]),
    tables: [[funcref, ...limits(1)]],
    elements: many(size, activeElements(0, [])),
  })],
  ["data segments", "data segments", most.dataSegments, (size) => ({
    data: many(size, passiveData([])),
  })],
  ["custom sections", "custom sections", most.customSections, (size) => ({
    customs: Array.from({ length: size }, () => ["c", []]),
  })],
  ["locals", "locals", most.locals, (size) => one([], [[size - 1, i32], [1, i32]])],
  ["locals with parameters", "locals", most.locals, (size) => ({
    types: [[[i32, i32], []]],
    functions: [{ type: 0, locals: [[size - 2, i32]], body: [] }],
  })],
  [
    "runs of locals",
    "locals",
    most.locals,
    (size) => one([], Array.from({ length: size }, () => [0, i32])),
  ],
  ["runs of locals of all functions", "all functions", most.localRuns, (size) => ({
    types: nothing,
    functions: Array.from({ length: Math.ceil(size / 1_000) }, (_, at) => ({
      type: 0,
      locals: many(Math.min(1_000, size - at * 1_000), [0, i32]) as readonly [number, number][],
      body: [],
    })),
  })],
  // No locals: one byte says so, and one more is the `end`.
  [
    "bytes of a function",
    "bytes of a function",
    most.bodyBytes,
    (size) => one(repeat([op.nop], size - 2)),
  ],
  [
    "values on the stack",
    "values on the stack",
    most.stackValues,
    (size) => one(concat([repeat([op.i32Const, 0], size), repeat([op.drop], size)])),
  ],
  [
    "nesting",
    "blocks",
    most.nesting,
    (size) => one(concat([repeat([op.block, op.empty], size - 1), repeat([op.end], size - 1)])),
  ],
  [
    "targets of br_table",
    "br_table",
    most.branchTargets,
    (size) =>
      one(concat([offsetOf(0).slice(0, 2), [op.brTable], u32(size), repeat([0], size + 1)])),
  ],
  ["pages of memory", "pages", defaultCheckLimits.memoryPages, (size) => ({
    memories: [limits(size)],
  })],
  ["work of a function", "a function", most.functionBranchWork, (size) => workOf([size])],
  [
    "work of the module",
    "the module",
    most.moduleBranchWork,
    (size) => workOf([...Array.from({ length: 10 }, () => 990_000), size - 9_900_000]),
  ],
  ["weight of a function", "a function", most.functionCodeWeight, (size) => weightOf([size])],
  [
    "weight of the module",
    "the module",
    most.moduleCodeWeight,
    (size) => weightOf([...Array.from({ length: 45 }, () => 99_000), size - 4_455_000]),
  ],
];

describe("readModuleFacts()", () => {
  it("sets beside every limit what the module has, up to the limit", () => {
    for (const [what, , limit, parts] of rows) {
      // Of one function there can be no more runs than locals: said once.
      if (what === "runs of locals") continue;
      const facts = readModuleFacts(buildWasm(parts(limit)), {
        limits: defaultCheckLimits,
        signatures: [open],
      });
      assertEquals(facts.fits, [{ abi: open.abi, failure: null }], what);
      const full = facts.headroom.filter(({ got, wanted }) => got === limit && wanted === limit);
      assert(full.length > 0, what);
      assert(facts.headroom.every(({ got, wanted }) => got <= wanted), what);
    }
  });
});

describe("gateModule()", () => {
  for (const [what, word, limit, parts] of rows) {
    it(`WASM-02 lets ${limit} through, and not one more: ${what}`, () => {
      const right = buildWasm(parts(limit));
      assert(WebAssembly.validate(right), "a valid module at the limit");
      gate(right);
      const wrong = buildWasm(parts(limit + 1));
      // V8 has limits of its own, on parameters and the like; none is lower.
      assert(WebAssembly.validate(wrong), "a valid module beyond the limit");
      refuse(wrong, word);
    });
  }

  it("WASM-02 looks at the size before anything else", () => {
    const bytes = new Uint8Array(defaultCheckLimits.moduleBytes + 1);
    refuse(bytes, "bytes of the module");
    const fits = assertThrows(() => gate(bytes.subarray(1)), CheckFailure);
    assertEquals([fits.code, fits.offset], ["invalid_module", 1]);
  });
});
