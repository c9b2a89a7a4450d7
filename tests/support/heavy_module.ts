/** A native-1 module that is all branches, as heavy as the gate lets one be, or heavier. */
import { buildWasm, concat, i32, i64, limits, offsetOf, op, repeat } from "./wasm_builder.ts";

/** An `if` that changes a local: 8 bytes that an optimising compiler takes kilobytes for. */
const branch = [
  ...[op.localGet, 0, op.if, op.empty],
  ...[op.localGet, 1, op.localSet, 0, op.end],
];
/** Below i32.lt_u: how often a function's code is passed in a run, so that it becomes hot. */
const turns = 8;

/** Writes to every byte of the memory behind the first 16. */
const fill = [
  ...[op.i32Const, 16, op.i32Const, 1],
  // memory.size times 65,536, less 16.
  ...[0x3f, 0, op.i32Const, 0x80, 0x80, 0x04, op.i32Mul, op.i32Const, 16, op.i32Sub],
  ...[op.bulk, 11, 0],
];

/**
 * @param branches Of each function.
 * @param pages Of memory, all of it written to in each run; 0: one, and nothing is written.
 */
export function heavyModule(
  functions: number,
  branches: number,
  pages = 0,
): Uint8Array<ArrayBuffer> {
  const again = [op.globalGet, 0, op.i32Const, 1, op.i32Add, op.globalSet, 0];
  const body = concat([
    [op.loop, op.empty],
    repeat(branch, branches),
    [...again, op.globalGet, 0, op.i32Const, turns, 0x49, op.brIf, 0, op.end],
    [op.i32Const, 0, op.globalSet, 0],
  ]);
  const calls = Array.from({ length: functions }, (_, index) => [op.call, index + 2]).flat();
  return buildWasm({
    types: [[[i32], [i32]], [[i32, i32], [i64]], [[], []]],
    functions: [
      { type: 0, body: [op.i32Const, 8] },
      { type: 1, body: [...(pages === 0 ? [] : fill), ...calls, op.i64Const, 0] },
      ...Array.from({ length: functions }, () => ({
        type: 2,
        locals: [[2, i32]] as const,
        body,
      })),
    ],
    memories: [limits(Math.max(pages, 1))],
    globals: [[i32, 1, ...offsetOf(0)]],
    exports: [
      ["memory", "memory", 0],
      ["check_alloc", "function", 0],
      ["check_eval", "function", 1],
    ],
  });
}
