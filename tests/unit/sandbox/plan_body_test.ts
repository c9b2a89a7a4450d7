import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeModule } from "../../../src/sandbox/decode_module.ts";
import { planBody } from "../../../src/sandbox/meter/plan_body.ts";
import {
  activeElements,
  buildWasm,
  type Bytes,
  funcref,
  i32,
  i64,
  limits,
  op,
  v128,
} from "../../support/wasm_builder.ts";

function plan(body: Bytes, paidAhead = 0) {
  const bytes = buildWasm({
    types: [[[i32], []], [[], [i32, i32, i32]], [[i32, i32], [i32]]],
    functions: [{ type: 0, locals: [[9, i64]], body }, { type: 1, body: [op.unreachable] }],
    tables: [[funcref, ...limits(1)]],
    memories: [limits(1)],
    elements: [activeElements(0, [0])],
  });
  assertEquals(WebAssembly.validate(bytes), true);
  const decoded = decodeModule(bytes);
  const [code] = decoded.code;
  const [type] = decoded.types;
  if (code === undefined || type === undefined) throw new Error("no function");
  return planBody({ decoded, body: code, type, hasVectors: false, paidAhead });
}

const unitsOf = (body: Bytes, paidAhead = 0) =>
  plan(body, paidAhead).edits.flatMap((edit) =>
    edit.kind === "charge" && edit.slot.units > 0 ? [edit.slot.units] : []
  );
const times = (count: number, ...part: number[]) =>
  Array.from({ length: count }, () => part).flat();
const work = (count: number) => times(count, op.i32Const, 1, op.drop);

describe("planBody: the height of the stack", () => {
  // A parameter counts twice; nine locals.
  const bare = 2 * 8 + 9 * 8;
  const cases: readonly (readonly [what: string, body: Bytes, height: number])[] = [
    ["constants", [...times(20, op.i32Const, 0), ...times(20, op.drop)], 20],
    ["ref.func", [...times(20, 0xd2, 0), ...times(20, op.drop)], 20],
    ["memory.grow", times(20, op.i32Const, 0, op.memoryGrow, 0, op.drop), 1],
    [
      "memory.grow kept",
      [...times(20, op.i32Const, 0, op.memoryGrow, 0), ...times(20, op.drop)],
      20,
    ],
    ["memory.fill", times(9, ...times(3, op.i32Const, 0), op.bulk, 11, 0), 3],
    ["table.get", [...times(5, op.i32Const, 0, 0x25, 0), ...times(5, op.drop)], 5],
    ["results of a call", [...times(4, op.call, 1), ...times(12, op.drop)], 12],
    [
      "a block of parameters and results",
      [op.i32Const, 1, op.i32Const, 2, op.block, 2, op.i32Add, op.end, op.drop],
      2,
    ],
    [
      "after a branch",
      [op.block, op.empty, ...times(3, op.i32Const, 0), op.br, 0, op.end, op.i32Const, 0, op.drop],
      3,
    ],
  ];
  for (const [what, body, height] of cases) {
    it(`counts ${what}`, () => assertEquals(plan(body).frameBytes, bare + 8 * height));
  }

  it("counts each value twice where there are vectors", () => {
    const vector = [op.i32Const, 0, op.vector, 0x0f];
    assertEquals(plan([...vector, ...vector, op.drop, op.drop]).frameBytes, bare + 32);
    assertEquals(v128, 0x7b);
  });
});

describe("planBody: where is paid", () => {
  // Entering, and nine locals.
  const entry = 1 + 2;

  it("pays once for straight code", () => {
    assertEquals(unitsOf(work(5)), [entry + 10]);
  });

  it("pays with what comes before for what comes after a block that nothing leaves", () => {
    const block = [op.block, op.empty, op.localGet, 0, op.brIf, 0, ...work(10), op.end];
    assertEquals(unitsOf([...block, ...work(3)]), [entry + 2 + 6, 20]);
  });

  it("pays anew after a block that something leaves for further out", () => {
    const block = [op.block, op.empty, op.localGet, 0, op.brIf, 1, ...work(10), op.end];
    assertEquals(unitsOf([...block, ...work(3)]), [entry + 2, 20, 6]);
  });

  it("pays for a loop on each turn, for what comes after it once", () => {
    const loop = [op.loop, op.empty, ...work(2), op.localGet, 0, op.brIf, 0, op.end];
    assertEquals(unitsOf([...loop, ...work(3)]), [entry + 6, 1 + 4 + 2]);
  });

  it("pays for nothing that is not reached", () => {
    assertEquals(unitsOf([op.return, ...work(50), op.block, op.empty, ...work(9), op.end]), [
      entry + 1,
    ]);
  });

  it("pays ahead for little, up to a sum, and never for a loop", () => {
    const branch = (count: number) => [op.localGet, 0, op.brIf, 0, ...work(count)];
    const body = [op.block, op.empty, ...branch(3), ...branch(3), ...branch(3), op.end];
    assertEquals(unitsOf(body, 16), [entry + 2 + 16, 6]);
    const loop = [op.loop, op.empty, op.localGet, 0, op.brIf, 0, op.end];
    assertEquals(unitsOf(loop, 16), [entry, 3]);
  });
});
