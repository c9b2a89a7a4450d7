import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { moduleLimits } from "../../../src/sandbox/module_limits.ts";
import {
  emptyBlockType,
  type Instruction,
  readInstructions,
} from "../../../src/sandbox/read_instructions.ts";
import { stackEffect } from "../../../src/sandbox/stack_effects.ts";
import {
  buildWasm,
  type Bytes,
  concat,
  externref,
  f32,
  f64,
  funcref,
  functionBody,
  i32,
  i64,
  limits,
  offsetOf,
  op,
  repeat,
  s64,
  u32,
  v128,
} from "../../support/wasm_builder.ts";

function read(bytes: Bytes): Instruction[] {
  const all: Instruction[] = [];
  readInstructions(Uint8Array.from(bytes), { start: 0, end: bytes.length }, (one) => {
    all.push({ ...one });
  });
  return all;
}

function refuse(bytes: Bytes, code: string, offset: number): CheckFailure {
  const failure = assertThrows(() => read(bytes), CheckFailure);
  assertEquals([failure.code, failure.offset], [code, offset], failure.message);
  return failure;
}

const operandTypes = [i32, i64, f32, f64, v128, funcref, externref];
const constants: Readonly<Record<number, Bytes>> = {
  [i32]: [op.i32Const, 0],
  [i64]: [op.i64Const, 0],
  [f32]: [0x43, 0, 0, 0, 0],
  [f64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  [v128]: [op.vector, 0x0c, ...Array.from({ length: 16 }, () => 0)],
  [funcref]: [op.refNull, funcref],
  [externref]: [op.refNull, externref],
};

/** A module with one of everything an index can mean; the instructions stand in its one function. */
function moduleAround(instructions: Bytes): Uint8Array<ArrayBuffer> {
  return buildWasm({
    types: [[[], []]],
    functions: [{ type: 0, locals: [[1, i32]], body: instructions }],
    tables: [[funcref, ...limits(1)]],
    memories: [limits(1)],
    globals: [[i32, 1, ...offsetOf(0)]],
    elements: [[0x01, 0x00, 0x01, 0x00]],
    dataCount: 1,
    data: [[0x01, 0x00]],
    exports: [["f", "function", 0]],
  });
}

function* choices(count: number): Generator<readonly number[]> {
  if (count === 0) return yield [];
  for (const first of operandTypes) for (const rest of choices(count - 1)) yield [first, ...rest];
}

/** Whether V8 takes the instruction for some types of that many operands. */
function isTaken(instruction: Bytes, pops: number, pushes: number): boolean {
  for (const types of choices(pops)) {
    const operands = types.map((type) => constants[type] ?? []);
    const code = concat([...operands, instruction, repeat([op.drop], pushes)]);
    if (WebAssembly.validate(moduleAround(code))) return true;
  }
  return false;
}

// Immediates that are right whatever the shape: zeros. A typed select needs a count of 1.
const zeros = Array.from({ length: 16 }, () => 0);
const immediates: readonly Bytes[] = [
  [],
  [0],
  [0, 0],
  [funcref],
  [1, i32],
  zeros.slice(8),
  zeros.slice(12),
  zeros,
  [0, 0, 0],
];

const isBlock = (opcode: number): boolean => opcode >= 0x02 && opcode <= 0x05;
const isOfTypes = (opcode: number): boolean =>
  isBlock(opcode) || opcode === op.end || opcode === op.call || opcode === op.callIndirect;

function encodings(): readonly Bytes[] {
  const all: Bytes[] = [];
  for (let opcode = 0; opcode < 256; opcode++) {
    if (opcode === op.bulk || opcode === op.vector) continue;
    all.push([opcode]);
  }
  for (let code = 0; code < 64; code++) all.push([op.bulk, ...u32(code)]);
  for (let code = 0; code < 320; code++) all.push([op.vector, ...u32(code)]);
  return all;
}

/** The immediates with which the reader takes the instruction as one and whole; null: with none. */
function completed(encoding: Bytes): { readonly bytes: Bytes; readonly opcode: number } | null {
  for (const rest of immediates) {
    const bytes = [...encoding, ...rest];
    try {
      const [one] = read([...bytes, op.end]);
      if (one?.end === bytes.length) return { bytes, opcode: one.opcode };
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
    }
  }
  return null;
}

describe("readInstructions()", () => {
  it("agrees with V8 on every opcode: how long it is, what it takes and gives", () => {
    let taken = 0;
    for (const encoding of encodings()) {
      const found = completed(encoding);
      if (found === null || isOfTypes(found.opcode)) continue;
      const effect = stackEffect(found.opcode);
      const [pops, pushes] = [effect >> 4, effect & 15];
      const name = Array.from(encoding, (byte) => byte.toString(16)).join(" ");
      assert(isTaken(found.bytes, pops, pushes), `${name}: V8 does not take ${pops} -> ${pushes}`);
      const isMore = pops > 0 && pushes > 0 && isTaken(found.bytes, pops - 1, pushes - 1);
      assert(!isMore, `${name}: takes ${pops}, V8 fewer`);
      taken++;
    }
    // 0x00 to 0xc4 and references without blocks and calls; 0xfc 0 to 17; 236 of SIMD.
    assertEquals(taken, 176 + 18 + 236);
  });

  it("refuses what V8 takes and checks may not, by its name", () => {
    const rows: readonly (readonly [Bytes, string])[] = [
      [[0x06, 0x40], "exceptions"],
      [[0x08, 0x00], "exceptions"],
      [[0x1f, 0x40, 0x00], "exceptions"],
      [[0x12, 0x00], "tail calls"],
      [[0x13, 0x00, 0x00], "tail calls"],
      [[0x14, 0x00], "typed function references"],
      [[0x15, 0x00], "tail calls"],
      [[0xd3], "garbage-collected types"],
      [[0xd4], "typed function references"],
      [[0xd5, 0x00], "typed function references"],
      [[0xfb, 0x00, 0x00], "garbage-collected types"],
      [[0xfb, 0x80, 0x01], "string references"],
      [[0xfd, 0x80, 0x02], "relaxed SIMD"],
      [[0xfd, 0x93, 0x02], "relaxed SIMD"],
      [[0xfe, 0x00, 0x02, 0x00], "threads"],
      [[0xfe, 0x03, 0x00], "threads"],
      [[0xe0, 0x00], "stack switching"],
      [[0xfc, 0x13], "wide arithmetic"],
      [[0xfc, 0x12], "WebAssembly 2.0 does not know"],
      [[0xfd, 0x9a, 0x01], "WebAssembly 2.0 does not know"],
      [[0x27], "WebAssembly 2.0 does not know"],
      [[0x28, 0x40, 0x00, 0x00], "more than one memory"],
      [[0x3f, 0x01], "more than one memory"],
      [[0xfc, 0x0a, 0x00, 0x01], "more than one memory"],
      [[0x02, 0x6e, 0x0b], "WebAssembly 2.0 does not know"],
      [[0xd0, 0x6e], "garbage-collected types"],
    ];
    for (const [bytes, feature] of rows) {
      const failure = assertThrows(() => read([op.nop, ...bytes, op.end]), CheckFailure);
      assertEquals(failure.code, "feature_refused", `${bytes}`);
      assert(failure.message.includes(feature), failure.message);
      assert(failure.offset !== null && failure.offset >= 1 && failure.offset <= 4);
    }
  });

  it("gives the immediates", () => {
    const rows: readonly (readonly [Bytes, Partial<Instruction>])[] = [
      [[op.localGet, 0x80, 0x01], { opcode: op.localGet, index: 128 }],
      [[op.block, op.empty, op.end], { opcode: op.block, blockType: emptyBlockType }],
      [[op.block, i32, op.end], { blockType: i32 - 0x80 }],
      [[op.block, 0xff, 0x00, op.end], { blockType: 127 }],
      [[op.callIndirect, 3, 1], { index: 3, second: 1 }],
      [[op.brTable, 1, 0, 0], { targets: [0, 0] }],
      [[op.br, 0], { index: 0 }],
      [[op.i32Store, 2, 0x80, 0x08], { alignment: 2, memoryOffset: 1024 }],
      [[op.refNull, externref], { types: [externref] }],
      [[0x1c, 1, i64], { types: [i64] }],
      [[op.bulk, 8, 5, 0], { opcode: 0xfc08, index: 5 }],
      [[op.bulk, 12, 4, 1], { opcode: 0xfc0c, index: 4, second: 1 }],
      [[op.bulk, 14, 1, 0], { opcode: 0xfc0e, index: 1, second: 0 }],
      [[op.vector, 0x57, 3, 8, 1], { opcode: 0xfd57, lane: 1, alignment: 3, memoryOffset: 8 }],
    ];
    for (const [bytes, wanted] of rows) {
      const [one] = read([...bytes, op.end]);
      for (const [member, value] of Object.entries(wanted)) {
        assertEquals(one?.[member as keyof Instruction], value, `${bytes} ${member}`);
      }
    }
  });

  it("gives offsets that follow on one another, and how deep each stands", () => {
    const bytes = [op.block, op.empty, op.loop, op.empty, op.br, 1, op.end, op.end, op.end];
    const all = read(bytes);
    assertEquals(all.map((one) => one.nesting), [1, 2, 3, 3, 2, 1]);
    assertEquals(all.map((one) => one.end), [...all.slice(1).map((one) => one.offset), 9]);
  });

  it("WASM-03 refuses labels, lanes and alignments there are none of", () => {
    refuse([op.block, op.empty, op.br, 2, op.end, op.end], "invalid_module", 3);
    refuse([op.brTable, 1, 0, 1, op.end], "invalid_module", 3);
    refuse([op.vector, 0x15, 16, op.drop, op.end], "invalid_module", 2);
    refuse([op.vector, 0x1d, 2, op.drop, op.end], "invalid_module", 2);
    refuse([op.i32Store, 0x20, 0, op.end], "invalid_module", 0);
    refuse([op.i32Store, 0x80, 0x01, 0, op.end], "invalid_module", 0);
    refuse([op.block, 0xc0, 0x7f, op.end, op.end], "feature_refused", 1);
  });

  it("WASM-03 refuses code that ends early, late or never", () => {
    refuse([], "invalid_module", 0);
    refuse([op.nop], "invalid_module", 1);
    refuse([op.block, op.empty, op.end], "invalid_module", 3);
    refuse([op.end, op.end], "invalid_module", 1);
    refuse([op.i32Const, 0x80], "invalid_module", 2);
    refuse([op.i32Const, 0xff, 0xff, 0xff, 0xff, 0x4f, op.end], "invalid_module", 1);
    refuse([0x44, 0, 0, 0, op.end], "invalid_module", 5);
  });

  it("WASM-02 keeps nesting and br_table within their limits", () => {
    const nested = (depth: number): Bytes =>
      concat([repeat([op.block, op.empty], depth - 1), repeat([op.end], depth)]);
    assertEquals(read(nested(moduleLimits.nesting)).length, 2 * moduleLimits.nesting - 1);
    refuse(nested(moduleLimits.nesting + 1), "limit_exceeded", 2 * (moduleLimits.nesting - 1));
    const table = (count: number): Bytes =>
      concat([[op.brTable], u32(count), repeat([0], count + 1), [op.end]]);
    assertEquals(read(table(moduleLimits.branchTargets)).length, 2);
    refuse(table(moduleLimits.branchTargets + 1), "limit_exceeded", 1);
  });

  it("reads what functionBody() of the tests' builder writes", () => {
    const body = functionBody([op.i32Const, ...s64(-5), op.drop], [[2, i64]]);
    // Size, one run of locals.
    assertEquals(read(body.subarray(4)).map((one) => one.opcode), [op.i32Const, op.drop, op.end]);
  });
});
