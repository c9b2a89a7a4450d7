/**
 * Modules made to take an engine's time, its memory or its rules, by what the gate says of each.
 * Every one that V8 finds valid costs plain V8 seconds, gigabytes or its life.
 */
import { heavyModule } from "./heavy_module.ts";
import {
  buildWasm,
  type Bytes,
  concat,
  funcref,
  functionType,
  i32,
  limits,
  list,
  offsetOf,
  op,
  rawModule,
  repeat,
  section,
  u32,
  type WasmParts,
} from "./wasm_builder.ts";

export interface HostileModule {
  readonly title: string;
  /** Of the gate's failure. */
  readonly code: "limit_exceeded" | "feature_refused" | "invalid_module";
  /** Made when asked: some are large. */
  readonly build: () => Uint8Array<ArrayBuffer>;
}

const nothing: NonNullable<WasmParts["types"]> = [[[], []]];

function oneFunction(body: Bytes, locals: readonly (readonly [number, number])[] = []): WasmParts {
  return {
    types: nothing,
    functions: [{ type: 0, locals, body }],
    exports: [["f", "function", 0]],
  };
}

const branch = [op.localGet, 0, op.if, op.empty, op.localGet, 1, op.localSet, 0, op.end];
const manyValues = repeat([i32], 1_000);

function carrying(values: number, branches: number): WasmParts {
  return oneFunction(
    concat([
      repeat([op.localGet, 0], values),
      repeat(branch, branches),
      repeat([op.drop], values),
    ]),
    [[2, i32]],
  );
}

/** Uses an index one past the last: the next thing that is added gets it. */
function onePast(instructions: Bytes): WasmParts {
  return {
    ...oneFunction(instructions),
    globals: [[i32, 1, ...offsetOf(0)]],
    tables: [[funcref, ...limits(1)]],
  };
}

function row(
  title: string,
  code: HostileModule["code"],
  parts: () => WasmParts,
): HostileModule {
  return { title, code, build: () => buildWasm(parts()) };
}

export const hostileModules: readonly HostileModule[] = [
  row(
    "50,000 locals at 2,000 branches, 18 KB",
    "limit_exceeded",
    () => oneFunction(repeat(branch, 2_000), [[50_000, i32]]),
  ),
  row(
    "50,000 locals at 20,000 branches",
    "limit_exceeded",
    () => oneFunction(repeat(branch, 20_000), [[50_000, i32]]),
  ),
  row(
    "1,000 locals at 20,000 branches",
    "limit_exceeded",
    () => oneFunction(repeat(branch, 20_000), [[1_000, i32]]),
  ),
  row(
    "30,000 values on the stack at 20,000 branches",
    "limit_exceeded",
    () => carrying(30_000, 20_000),
  ),
  row(
    "2,000 values on the stack at 20,000 branches",
    "limit_exceeded",
    () => carrying(2_000, 20_000),
  ),
  row("900 values on the stack at 20,000 branches", "limit_exceeded", () => carrying(900, 20_000)),
  row("60,000 calls above 60,000 values", "limit_exceeded", () => ({
    types: [[[], []], [[], [i32]]],
    functions: [
      { type: 1, body: [op.i32Const, 1] },
      { type: 0, body: concat([repeat([op.call, 0], 60_000), repeat([op.drop], 60_000)]) },
    ],
  })),
  row(
    "1,000 locals around 40,000 loops",
    "limit_exceeded",
    () => oneFunction(repeat([op.loop, op.empty, op.end], 40_000), [[1_000, i32]]),
  ),
  row("1,000 values through 60,000 blocks, eight times", "limit_exceeded", () => ({
    types: [[[], []], [manyValues, manyValues]],
    functions: Array.from({ length: 8 }, () => ({
      type: 0,
      body: concat([
        repeat([op.i32Const, 0], 1_000),
        repeat([op.block, 1, op.end], 60_000),
        repeat([op.drop], 1_000),
      ]),
    })),
  })),
  row("256 values through 65,000 calls", "limit_exceeded", () => ({
    types: [[[], []], [repeat([i32], 256), repeat([i32], 256)]],
    functions: [
      { type: 1, body: [op.unreachable] },
      {
        type: 0,
        body: concat([repeat([op.i32Const, 0], 256), repeat([op.call, 0], 65_000), [
          op.unreachable,
        ]]),
      },
    ],
  })),
  row("100 tables of 10 million entries, 640 bytes", "limit_exceeded", () => ({
    tables: Array.from({ length: 100 }, () => [funcref, ...limits(10_000_000)]),
  })),
  row("one table of 10 million entries", "limit_exceeded", () => ({
    tables: [[funcref, ...limits(10_000_000)]],
  })),
  row("4 GiB of memory to begin with", "limit_exceeded", () => ({ memories: [limits(65_536)] })),
  row(
    "400,000 blocks in one another",
    "limit_exceeded",
    () => oneFunction(concat([repeat([op.block, op.empty], 400_000), repeat([op.end], 400_000)])),
  ),
  row(
    "80,000 blocks in one another",
    "limit_exceeded",
    () => oneFunction(concat([repeat([op.block, op.empty], 80_000), repeat([op.end], 80_000)])),
  ),
  row("three br_table of 65,000 targets", "limit_exceeded", () =>
    oneFunction(repeat(
      concat([
        [op.block, op.empty, op.i32Const, 0, op.brTable],
        u32(65_000),
        repeat([0], 65_001),
        [op.end],
      ]),
      3,
    ))),
  {
    title: "200,000 ifs with an assignment in each, 1.8 MB",
    code: "limit_exceeded",
    build: () => heavyModule(10, 20_000),
  },
  row("10,000 indirect calls", "limit_exceeded", () => ({
    ...oneFunction(repeat([op.i32Const, 0, op.callIndirect, 0, 0], 10_000)),
    tables: [[funcref, ...limits(1)]],
  })),
  row("20,000 fillings of no memory", "limit_exceeded", () => ({
    ...oneFunction(repeat([...repeat([op.i32Const, 0], 3), op.bulk, 11, 0], 20_000)),
    memories: [limits(1)],
  })),
  row("300,000 functions", "limit_exceeded", () => ({
    types: nothing,
    functions: Array.from({ length: 300_000 }, () => ({ type: 0, body: [] })),
  })),
  {
    title: "a list of 400,000 exports",
    code: "limit_exceeded",
    build: () => rawModule(section(7, concat([u32(400_000), repeat([1, 0x61, 0, 0], 400_000)]))),
  },
  {
    title: "4 billion locals in one run, five times",
    code: "limit_exceeded",
    build: () =>
      rawModule(
        section(1, list([functionType([], [])])),
        section(3, [1, 0]),
        section(10, list([[33, 5, ...repeat([...u32(2 ** 32 - 1), i32], 5), op.end, op.nop]])),
      ),
  },
  {
    title: "600,000 custom sections",
    code: "limit_exceeded",
    build: () => rawModule(repeat([0, 1, 0], 600_000)),
  },
  {
    title: "a count of 4 billion types in 14 bytes",
    code: "limit_exceeded",
    build: () => rawModule(section(1, u32(2 ** 32 - 1))),
  },
  {
    title: "garbage-collected list of arrays",
    code: "feature_refused",
    build: () => rawModule(section(1, list([[0x5e, i32, 1], [0x5f, 1, 0x63, 0, 1]]))),
  },
  row("16 GB of 64-bit memory", "feature_refused", () => ({ memories: [[4, ...u32(262_144)]] })),
  row("shared memory and a wait without end", "feature_refused", () => ({
    ...oneFunction(
      [op.i32Const, 0, op.i32Const, 0, op.i64Const, 0x7f, 0xfe, 0x01, 2, 0, op.drop],
    ),
    memories: [[3, 1, 1]],
  })),
  row("a wait on memory that is not shared", "feature_refused", () => ({
    ...oneFunction(
      [op.i32Const, 0, op.i32Const, 0, op.i64Const, 0x7f, 0xfe, 0x01, 2, 0, op.drop],
    ),
    memories: [limits(1)],
  })),
  row("two memories", "feature_refused", () => ({ memories: [limits(1), limits(1)] })),
  row("tail call", "feature_refused", () => oneFunction([0x12, 0])),
  row("exceptions", "feature_refused", () => oneFunction([0x1f, op.empty, 0, op.end])),
  row("relaxed SIMD", "feature_refused", () => oneFunction([op.vector, ...u32(0x100)])),
  row(
    "the global after the last: the fuel",
    "invalid_module",
    () => onePast([op.i64Const, 0, op.globalSet, 1]),
  ),
  row("the local after the last", "invalid_module", () => onePast([op.localGet, 0, op.drop])),
  row("the function after the last", "invalid_module", () => onePast([op.call, 1])),
  row("the table after the last", "invalid_module", () => onePast([op.bulk, 16, 1, op.drop])),
  row(
    "the type after the last",
    "invalid_module",
    () => onePast([op.i32Const, 0, op.callIndirect, 1, 0]),
  ),
];
