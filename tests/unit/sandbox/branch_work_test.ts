import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { defaultCheckLimits } from "../../../src/core/check/check_limits.ts";
import { BranchWork } from "../../../src/sandbox/branch_work.ts";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import { gateModule } from "../../../src/sandbox/gate_module.ts";
import { moduleLimits } from "../../../src/sandbox/module_limits.ts";
import { readInstructions } from "../../../src/sandbox/read_instructions.ts";
import {
  buildWasm,
  type Bytes,
  concat,
  i32,
  op,
  repeat,
  u32,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const types: NonNullable<WasmParts["types"]> = [
  [[], []],
  [[i32, i32], [i32]],
  [[], [i32, i32, i32]],
];

/** Nine locals: what a branch carries is ten and the stack. */
function workOf(body: Bytes): { readonly work: number; readonly highest: number } {
  const bytes = buildWasm({
    types,
    functions: [
      { type: 0, locals: [[4, i32], [5, i32]], body },
      { type: 1, body: [op.localGet, 0] },
    ],
  });
  assert(WebAssembly.validate(bytes), `valid: ${body}`);
  const module = decodeModule(bytes);
  const work = new BranchWork(module);
  work.enter(0);
  const [code] = module.code;
  assert(code !== undefined);
  readInstructions(bytes, code.instructions, (one) => work.add(one));
  assertEquals(work.total, work.largest);
  return { work: work.total, highest: work.highest };
}

describe("BranchWork", () => {
  it("counts locals and the stack at each branch, and values in and out of blocks and calls", () => {
    const get = [op.localGet, 0];
    const rows: readonly (readonly [string, Bytes, number, number])[] = [
      ["nothing", [], 0, 0],
      ["no branch", [...get, op.drop], 0, 1],
      ["block: a quarter", [op.block, op.empty, op.end], 2, 0],
      ["loop", [op.loop, op.empty, op.end], 10, 0],
      ["if, above one value", [...get, ...get, op.if, op.empty, op.end, op.drop], 11, 2],
      // The result of each arm, the arms' own place, and the value that leaves.
      ["if with a result", [...get, op.if, i32, ...get, op.else, ...get, op.end, op.drop], 23, 1],
      ["br", [op.br, 0], 10, 0],
      ["br_if", [...get, ...get, op.brIf, 0, op.drop], 11, 2],
      ["br_table of two and another", [...get, op.brTable, 2, 0, 0, 0], 30, 1],
      ["call of two for one", [...get, ...get, op.call, 1, op.drop], 3, 2],
      ["block of two for one", [...get, ...get, op.block, 1, op.drop, op.end, op.drop], 7, 2],
      [
        "block of none for three",
        [op.block, 2, ...get, ...get, ...get, op.end, ...repeat([26], 3)],
        8,
        3,
      ],
      // After unreachable there is nothing, whatever is taken.
      ["unreachable", [...get, op.unreachable, op.i32Add, op.drop, op.drop, op.br, 0], 10, 1],
      ["after a br", [...get, ...get, op.br, 0, op.drop, op.br, 0], 22, 2],
      ["return", [...get, op.return, ...get, op.drop, op.br, 0], 10, 1],
      [
        "after a block that is left",
        [
          ...get,
          ...[op.block, op.empty, ...get, op.unreachable, op.end],
          ...[...get, op.brIf, 0, op.drop],
        ],
        13,
        2,
      ],
    ];
    for (const [what, body, work, highest] of rows) {
      assertEquals(workOf(body), { work, highest }, what);
    }
  });

  it("starts anew with each function, and adds them up", () => {
    const bytes = buildWasm({
      types,
      functions: [
        { type: 0, locals: [[9, i32]], body: [op.block, op.empty, op.br, 0, op.end] },
        { type: 0, body: [op.loop, op.empty, op.end] },
      ],
    });
    const module = decodeModule(bytes);
    const work = new BranchWork(module);
    for (const [index, body] of module.code.entries()) {
      work.enter(index);
      readInstructions(bytes, body.instructions, (one) => work.add(one));
    }
    assertEquals([work.largest, work.total], [12, 13]);
  });

  const branch = [op.localGet, 0, op.if, op.empty, op.localGet, 1, op.localSet, 0, op.end];
  const { functionBranchWork, locals, stackValues } = moduleLimits;
  const most = Math.floor(functionBranchWork / (locals + 1));
  const calls = 9_900;
  const worst: readonly (readonly [string, readonly (readonly [number, number])[], Bytes])[] = [
    ["branches", [[locals, i32]], repeat(branch, most)],
    ["loops", [[locals, i32]], repeat([op.loop, op.empty, op.end], most)],
    [
      "branches above the stack",
      [[2, i32]],
      concat([
        repeat([op.localGet, 0], stackValues - 3),
        repeat(branch, most),
        repeat([op.drop], stackValues - 3),
      ]),
    ],
    [
      "calls above the stack",
      [[locals, i32]],
      concat([
        repeat([op.localGet, 0], stackValues),
        repeat([op.call, 10], calls),
        repeat([op.drop], stackValues),
      ]),
    ],
    [
      "a tall stack taken down",
      [[2, i32]],
      repeat(
        concat([
          repeat([op.localGet, 0], stackValues),
          repeat([op.i32Add], stackValues - 1),
          [op.drop],
        ]),
        87,
      ),
    ],
  ];
  for (const [what, runs, body] of worst) {
    it(`WASM-06 what passes is compiled in under a second: ${what}`, () => {
      const bytes = buildWasm({
        types,
        functions: [
          ...Array.from({ length: 10 }, () => ({ type: 0, locals: runs, body })),
          { type: 0, body: [] },
          { type: 0, body: concat(Array.from({ length: 10 }, (_, at) => [op.call, ...u32(at)])) },
        ],
        exports: [["run", "function", 11]],
      });
      gateModule(bytes, {
        limits: { ...defaultCheckLimits, moduleBytes: 8_388_608 },
        signatures: { abi: "native-1", imports: [], exports: [], allowsStart: true },
      });
      const startMs = performance.now();
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      (exports["run"] as () => void)();
      const tookMs = performance.now() - startMs;
      assert(tookMs < 1_000, `${tookMs} ms`);
    });
  }
});
