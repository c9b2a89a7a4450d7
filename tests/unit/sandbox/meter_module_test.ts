import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import { fuelCosts, operandCosts } from "../../../src/sandbox/meter/fuel_table.ts";
import { meterModule } from "../../../src/sandbox/meter_module.ts";
import {
  createMetered,
  depthLeft,
  fuelLeft,
  setDepth,
  setFuel,
} from "../../../src/sandbox/metered.ts";
import {
  activeData,
  activeElements,
  buildWasm,
  type Bytes,
  externref,
  funcref,
  i32,
  i64,
  importThing,
  limits as sizes,
  op,
  passiveData,
  s64,
  u32,
  v128,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const limits = { startFuel: 1_000, callDepth: 100, memoryPages: 8, tableEntries: 50 };
const fuel = 10_000_000;

function meter(parts: WasmParts, changed: Partial<typeof limits> = {}): Uint8Array<ArrayBuffer> {
  return meterModule(decodeModule(buildWasm(parts)), { limits: { ...limits, ...changed } });
}

function open(parts: WasmParts, imports: WebAssembly.Imports = {}): WebAssembly.Instance {
  const instance = new WebAssembly.Instance(createMetered(meter(parts)).module, imports);
  setFuel(instance, fuel);
  return instance;
}

/** A module with a memory, a table and one function `f` of an i32. */
function withBody(body: Bytes, results: Bytes = []): WasmParts {
  return {
    types: [[[i32], results]],
    functions: [{ type: 0, body }],
    tables: [[funcref, ...sizes(10)]],
    memories: [sizes(2)],
    exports: [["f", "function", 0], ["memory", "memory", 0], ["table", "table", 0]],
    // The second is passive.
    elements: [activeElements(0, [0, 0, 0, 0]), [1, 0, 4, 0, 0, 0, 0]],
    dataCount: 1,
    data: [passiveData(new Uint8Array(64))],
  };
}

function call(instance: WebAssembly.Instance, ...args: unknown[]): unknown {
  return (instance.exports.f as CallableFunction)(...args);
}

function assertRefused(act: () => unknown, code: string, words: RegExp): void {
  const failure = assertThrows(act, CheckFailure);
  assertEquals(failure.code, code);
  assert(words.test(failure.message), failure.message);
}

const forever = [op.loop, op.empty, op.br, 0, op.end];

describe("meterModule: fuel", () => {
  it("WASM-01 ends a loop without an end", () => {
    const instance = open(withBody(forever));
    assertThrows(() => call(instance, 0), WebAssembly.RuntimeError, "unreachable");
    assert(fuelLeft(instance) < 0 && depthLeft(instance) >= 0);
  });

  it("WASM-06 ends a start function that does not end, on the fuel of the start", () => {
    const module = createMetered(meter({
      types: [[[], []]],
      functions: [{ type: 0, body: forever }],
      start: 0,
    })).module;
    assertThrows(() => new WebAssembly.Instance(module), WebAssembly.RuntimeError, "unreachable");
  });

  it("gives a start function what startFuel says and no unit more", () => {
    const body = Array.from({ length: 50 }, () => [op.i32Const, 1, op.drop]).flat();
    const parts: WasmParts = { types: [[[], []]], functions: [{ type: 0, body }], start: 0 };
    const enough = fuelCosts.entry + 100 * fuelCosts.plain;
    const start = (startFuel: number) =>
      new WebAssembly.Instance(createMetered(meter(parts, { startFuel })).module);
    assertEquals(fuelLeft(start(enough)), 0);
    assertThrows(() => start(enough - 1), WebAssembly.RuntimeError);
  });

  it("keeps fuel of any size exactly", () => {
    const instance = open(withBody([]));
    for (const units of [0, 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1]) {
      setFuel(instance, units);
      assertEquals(fuelLeft(instance), units);
    }
  });

  it("reads no fuel of a module that was not metered", () => {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(buildWasm(withBody([]))));
    assertThrows(() => fuelLeft(instance), Error, "sealward:fuel");
  });
});

describe("meterModule: operands", () => {
  const base = fuelCosts.entry + fuelCosts.plain;
  const zero = [op.i32Const, 0];
  const first = [op.localGet, 0];
  const cases: readonly {
    readonly what: string;
    readonly body: Bytes;
    readonly cost: number;
    readonly operand: keyof typeof operandCosts;
    readonly most: number;
  }[] = [
    {
      what: "memory.fill",
      body: [...zero, ...zero, ...first, op.bulk, 11, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "bytes",
      most: 131_072,
    },
    {
      what: "memory.copy",
      body: [...zero, ...zero, ...first, op.bulk, 10, 0, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "bytes",
      most: 131_072,
    },
    {
      what: "memory.init",
      body: [...zero, ...zero, ...first, op.bulk, 8, 0, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "bytes",
      most: 64,
    },
    {
      what: "table.init",
      body: [...zero, ...zero, ...first, op.bulk, 12, 1, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "entries",
      most: 4,
    },
    {
      what: "table.copy",
      body: [...zero, ...zero, ...first, op.bulk, 14, 0, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "entries",
      most: 10,
    },
    {
      what: "table.fill",
      body: [...zero, op.refNull, funcref, ...first, op.bulk, 17, 0],
      cost: base + 2 + fuelCosts.bulk,
      operand: "entries",
      most: 10,
    },
    {
      what: "table.grow",
      body: [op.refNull, funcref, ...first, op.bulk, 15, 0, op.drop],
      cost: base + 2 + fuelCosts.tableGrow,
      operand: "entries",
      most: 40,
    },
    {
      what: "memory.grow",
      body: [...first, op.memoryGrow, 0, op.drop],
      cost: base + 1 + fuelCosts.memoryGrow,
      operand: "pages",
      most: 6,
    },
  ];

  for (const { what, body, cost, operand, most } of cases) {
    const { units, per } = operandCosts[operand];
    it(`charges ${what} by its operand`, () => {
      for (const count of new Set([0, most >> 1, most])) {
        const instance = open(withBody(body));
        call(instance, count);
        const wanted = cost + Math.floor(count / per) * units;
        assertEquals(fuel - fuelLeft(instance), wanted, `${count}`);
      }
    });

    it(`charges ${what} before it is executed`, () => {
      const instance = open(withBody(body));
      const memory = instance.exports.memory as WebAssembly.Memory;
      const table = instance.exports.table as WebAssembly.Table;
      new Uint8Array(memory.buffer).fill(7);
      // The last unit is that of the operand.
      setFuel(instance, cost + Math.floor(most / per) * units - 1);
      assertThrows(() => call(instance, most), WebAssembly.RuntimeError, "unreachable");
      assert(fuelLeft(instance) < 0);
      assertEquals([memory.buffer.byteLength, table.length], [131_072, 10]);
      assert(new Uint8Array(memory.buffer).every((byte) => byte === 7));
    });

    it(`never gives fuel back for an operand of ${what}`, () => {
      for (const count of [-1, -2, -(2 ** 31), 2 ** 31 - 1, 2 ** 30, 65_536, 65_537]) {
        const instance = open(withBody(body));
        try {
          call(instance, count);
        } catch (error) {
          assert(error instanceof WebAssembly.RuntimeError);
        }
        assert(fuel - fuelLeft(instance) >= cost, `${count}: ${fuelLeft(instance)}`);
      }
    });
  }

  it("lets a growth that cannot be fail, for what the attempt costs", () => {
    for (
      const [body, cost] of [
        [[op.localGet, 0, op.memoryGrow, 0], base + fuelCosts.memoryGrow],
        [[op.refNull, funcref, op.localGet, 0, op.bulk, 15, 0], base + 1 + fuelCosts.tableGrow],
      ] as const
    ) {
      const instance = open(withBody(body, [i32]));
      for (const count of [-1, 1_000]) assertEquals(call(instance, count), -1);
      assertEquals(fuel - fuelLeft(instance), 2 * cost);
    }
  });

  it("ends a loop of bulk instructions after the bytes that fuel pays for", () => {
    const fill = [op.i32Const, 0, op.i32Const, 0, op.localGet, 0, op.bulk, 11, 0];
    const instance = open(withBody([op.loop, op.empty, ...fill, op.br, 0, op.end]));
    assertThrows(() => call(instance, 131_072), WebAssembly.RuntimeError);
    assert(fuelLeft(instance) < 0);
  });
});

describe("meterModule: what it refuses", () => {
  const oneFunction = (body: Bytes): WasmParts => ({
    types: [[[i32], [i32]]],
    functions: [{ type: 0, body }],
  });

  it("a module that refers to the global after its last: it would refill its own fuel", () => {
    for (const index of [0, 1]) {
      const body = [op.localGet, 0, op.i64Const, ...s64(10 ** 9), op.globalSet, index];
      assertRefused(() => meter(oneFunction(body)), "invalid_module", /validate/);
    }
  });

  it("a module that refers to the function or the type after its last", () => {
    assertRefused(
      () => meter(oneFunction([op.localGet, 0, op.memoryGrow, 0, op.call, 1])),
      "invalid_module",
      /validate/,
    );
    const indirect = [op.localGet, 0, op.localGet, 0, op.callIndirect, 1, 0];
    assertRefused(() => meter(oneFunction(indirect)), "invalid_module", /validate/);
  });

  it("exports and imports under the meter's own names", () => {
    for (const name of ["sealward:fuel", "sealward:depth", "sealward:"]) {
      const exported: WasmParts = {
        globals: [[i64, 1, op.i64Const, 0, op.end]],
        exports: [[name, "global", 0]],
      };
      assertRefused(() => meter(exported), "invalid_module", /sealward:/);
      for (const [module, field] of [[name, "x"], ["env", name]] as const) {
        const imported: WasmParts = { imports: [[module, field, importThing.global(i64, true)]] };
        assertRefused(() => meter(imported), "import_refused", /sealward:/);
      }
    }
  });

  it("memory and tables that begin larger than they may be", () => {
    assertRefused(() => meter({ memories: [sizes(9)] }), "limit_exceeded", /pages of memory/);
    const tables = [[funcref, ...sizes(30)], [externref, ...sizes(21)]];
    assertRefused(() => meter({ tables }), "limit_exceeded", /entries of tables/);
    const failure = assertThrows(() => meter({ memories: [sizes(9)] }), CheckFailure);
    assertEquals(failure.offset, 11);
  });
});

describe("meterModule: sizes", () => {
  const maximaOf = (parts: WasmParts) => {
    const { memories, tables } = decodeModule(meter(parts));
    return [...memories, ...tables].map(({ limits }) => [limits.minimum, limits.maximum]);
  };

  it("gives each memory and table a maximum, and keeps one that is lower", () => {
    assertEquals(maximaOf({ memories: [sizes(1)] }), [[1, 8]]);
    assertEquals(maximaOf({ memories: [sizes(1, 65_536)] }), [[1, 8]]);
    assertEquals(maximaOf({ memories: [sizes(0, 3)] }), [[0, 3]]);
    assertEquals(maximaOf({ tables: [[funcref, ...sizes(10)]] }), [[10, 50]]);
    assertEquals(maximaOf({ tables: [[funcref, ...sizes(10, 12)]] }), [[10, 12]]);
  });

  it("shares what is left among the tables that grow", () => {
    const table = (...bounds: [number, number?]) => [funcref, ...sizes(...bounds)];
    assertEquals(maximaOf({ tables: [table(10), table(20)] }), [[10, 20], [20, 30]]);
    assertEquals(maximaOf({ tables: [table(10, 10), table(20)] }), [[10, 10], [20, 40]]);
  });

  it("wants imported memories and tables bounded too", () => {
    const imports: WasmParts["imports"] = [
      ["env", "memory", importThing.memory(sizes(2))],
      ["env", "table", importThing.table(funcref, sizes(1, 9))],
    ];
    assertEquals(maximaOf({ imports }), [[2, 8], [1, 9]]);
    const { module } = createMetered(meter({ imports: imports.slice(0, 1) }));
    const link = (memory: WebAssembly.Memory) =>
      new WebAssembly.Instance(module, { env: { memory } });
    link(new WebAssembly.Memory({ initial: 2, maximum: 8 }));
    assertThrows(() => link(new WebAssembly.Memory({ initial: 2 })), WebAssembly.LinkError);
    const larger = new WebAssembly.Memory({ initial: 2, maximum: 9 });
    assertThrows(() => link(larger), WebAssembly.LinkError);
  });
});

describe("meterModule: depth", () => {
  /** Calls itself until its parameter is 0, and leaves in one of many ways. */
  const recursive = (leave: Bytes): WasmParts => ({
    types: [[[i32], [i32]]],
    functions: [{
      type: 0,
      body: [
        ...[op.localGet, 0, op.i32Eqz, op.if, op.empty, op.i32Const, 7, op.return, op.end],
        ...[op.localGet, 0, op.i32Const, 1, op.i32Sub, op.call, 0],
        ...leave,
      ],
    }],
    exports: [["f", "function", 0]],
  });
  const ways: readonly (readonly [string, Bytes])[] = [
    ["the end", []],
    ["return", [op.return]],
    ["br to the function", [op.br, 0]],
    ["br_if to the function", [op.localGet, 0, op.brIf, 0]],
    ["return within blocks", [
      ...[op.localSet, 0, op.block, op.empty, op.loop, op.empty],
      ...[op.localGet, 0, op.return, op.end, op.end, op.localGet, 0],
    ]],
    ["br_table to the function", [
      ...[op.localSet, 0, op.block, op.empty, op.localGet, 0, op.i32Const, 1],
      ...[op.brTable, 1, 1, 1, op.end, op.localGet, 0],
    ]],
  ];

  for (const [way, leave] of ways) {
    it(`is given back by ${way}`, () => {
      const instance = open(recursive(leave));
      for (let turn = 0; turn < 20; turn++) {
        assertEquals(call(instance, 20), 7);
        assertEquals(depthLeft(instance), limits.callDepth);
      }
    });
  }

  it("WASM-01 ends deep recursion, whatever fuel is left", () => {
    const instance = open(recursive([]));
    assertThrows(() => call(instance, 1_000), WebAssembly.RuntimeError, "unreachable");
    assert(depthLeft(instance) < 0 && fuelLeft(instance) > 0);
    setDepth(instance, 2_000);
    assertEquals(call(instance, 1_000), 7);
  });

  it("is given back where a function returns several values", () => {
    const instance = open({
      types: [[[i32], [i32, i64]], [[], []]],
      functions: [
        { type: 0, body: [op.call, 1, op.localGet, 0, op.i64Const, 5, op.return] },
        { type: 1, body: [] },
      ],
      exports: [["f", "function", 0]],
    });
    assertEquals(call(instance, 3), [3, 5n]);
    assertEquals(depthLeft(instance), limits.callDepth);
  });

  it("counts a large frame for what it takes of the stack", () => {
    const nested = (locals: number, type: number) => {
      const body = [op.globalGet, 0, op.i32Const, 1, op.i32Add, op.globalSet, 0, op.call, 0];
      const instance = open({
        types: [[[], []]],
        functions: [{ type: 0, locals: [[locals, type]], body }],
        globals: [[i32, 1, op.i32Const, 0, op.end]],
        exports: [["f", "function", 0], ["calls", "global", 0]],
      });
      assertThrows(() => call(instance), WebAssembly.RuntimeError, "unreachable");
      assert(depthLeft(instance) < 0);
      return (instance.exports.calls as WebAssembly.Global).value;
    };
    assertEquals(nested(0, i32), limits.callDepth);
    assertEquals(nested(100, i64), 11);
    assertEquals(nested(100, v128), 5);
  });
});

describe("meterModule: everything else", () => {
  it("stays byte for byte, under its index", () => {
    const bytes = buildWasm({
      types: [[[i32], [i32]], [[], []]],
      imports: [["env", "log", importThing.function(1)]],
      functions: [{ type: 0, body: [op.localGet, 0] }, { type: 1, body: [op.call, 0] }],
      tables: [[funcref, ...sizes(4, 4)]],
      memories: [sizes(1, 2)],
      globals: [[i32, 0, op.i32Const, 9, op.end]],
      exports: [["f", "function", 1], ["g", "global", 0]],
      elements: [activeElements(0, [0, 1, 2])],
      dataCount: 1,
      data: [activeData(8, [1, 2, 3])],
      customs: [["name", [1, 2, 3]], ["other", u32(300, 5)]],
    });
    const before = decodeModule(bytes);
    const after = decodeModule(meterModule(before, { limits }));
    const partsOf = ({ sections, bytes: all }: typeof before, ids: readonly number[]) =>
      sections.filter(({ id }) => ids.includes(id)).map(({ range }) =>
        [...all.subarray(range.start, range.end)].join()
      );
    const unchanged = [0, 1, 3, 9, 11, 12];
    assertEquals(partsOf(after, unchanged), partsOf(before, unchanged));
    assertEquals(
      after.exports.map(({ name, kind, index }) => [name, kind, index]),
      [["f", "function", 1], ["g", "global", 0], ["sealward:fuel", "global", 1], [
        "sealward:depth",
        "global",
        2,
      ]],
    );
  });

  it("is the same for an empty module: two globals, and nothing to run", () => {
    const { exports, imports, module } = createMetered(meter({}));
    assertEquals([exports.size, imports.length], [0, 0]);
    const instance = new WebAssembly.Instance(module);
    assertEquals([fuelLeft(instance), depthLeft(instance)], [1_000, 100]);
  });

  it("leaves the original as it was", () => {
    const bytes = buildWasm(withBody(forever));
    const copy = bytes.slice();
    meterModule(decodeModule(bytes), { limits });
    assertEquals(bytes, copy);
  });
});
