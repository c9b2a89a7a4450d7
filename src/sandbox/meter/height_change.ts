/**
 * By how many values an instruction changes the height of the stack, for those that always change
 * it by the same. Blocks, branches and calls depend on a type: plan_body.ts knows those.
 *
 * @module
 */
type Row = readonly [from: number, to: number, change: number];

function changeTable(size: number, ordinary: number, rows: readonly Row[]): Int8Array {
  const table = new Int8Array(size).fill(ordinary);
  for (const [from, to, change] of rows) table.fill(change, from, to + 1);
  return table;
}

// Pops two or none, pushes one: most arithmetic of two operands takes one value away.
const one = changeTable(256, 0, [
  // drop, select
  [0x1a, 0x1a, -1],
  [0x1b, 0x1c, -2],
  // local.get, local.set; global.get, global.set; table.set
  [0x20, 0x20, 1],
  [0x21, 0x21, -1],
  [0x23, 0x23, 1],
  [0x24, 0x24, -1],
  [0x26, 0x26, -2],
  // stores; memory.size; constants
  [0x36, 0x3e, -2],
  [0x3f, 0x3f, 1],
  [0x41, 0x44, 1],
  // comparisons of two, then arithmetic of two: i32, i64, f32, f64
  [0x46, 0x4f, -1],
  [0x51, 0x66, -1],
  [0x6a, 0x78, -1],
  [0x7c, 0x8a, -1],
  [0x92, 0x98, -1],
  [0xa0, 0xa6, -1],
  // ref.null, ref.func
  [0xd0, 0xd0, 1],
  [0xd2, 0xd2, 1],
]);

const bulk = changeTable(18, 0, [
  // init, copy, fill of memories and tables; data.drop and elem.drop take nothing
  [8, 8, -3],
  [10, 12, -3],
  [14, 14, -3],
  // table.grow, table.size, table.fill
  [15, 15, -1],
  [16, 16, 1],
  [17, 17, -3],
]);

const vector = changeTable(256, -1, [
  // loads, store, constant
  [0x00, 0x0a, 0],
  [0x0b, 0x0b, -2],
  [0x0c, 0x0c, 1],
  // splat; extract_lane, between the replace_lane that take two
  [0x0f, 0x16, 0],
  [0x18, 0x19, 0],
  [0x1b, 0x1b, 0],
  [0x1d, 0x1d, 0],
  [0x1f, 0x1f, 0],
  [0x21, 0x21, 0],
  // not, bitselect, any_true
  [0x4d, 0x4d, 0],
  [0x52, 0x52, -2],
  [0x53, 0x53, 0],
  // store_lane; load_zero, demote, promote
  [0x58, 0x5b, -2],
  [0x5c, 0x5f, 0],
  // of one operand, by lanes: i8x16, f32x4 rounding, f64x2 rounding, i16x8, i32x4, i64x2
  [0x60, 0x64, 0],
  [0x67, 0x6a, 0],
  [0x74, 0x75, 0],
  [0x7a, 0x7a, 0],
  [0x7c, 0x81, 0],
  [0x83, 0x84, 0],
  [0x87, 0x8a, 0],
  [0x94, 0x94, 0],
  [0xa0, 0xa1, 0],
  [0xa3, 0xa4, 0],
  [0xa7, 0xaa, 0],
  [0xc0, 0xc1, 0],
  [0xc3, 0xc4, 0],
  [0xc7, 0xca, 0],
  // abs, neg, sqrt of f32x4 and f64x2; conversions
  [0xe0, 0xe1, 0],
  [0xe3, 0xe3, 0],
  [0xec, 0xed, 0],
  [0xef, 0xef, 0],
  [0xf8, 0xff, 0],
]);

/** @param opcode As readInstructions() gives it. */
export function heightChangeOf(opcode: number): number {
  if (opcode < 0x100) return one[opcode] ?? 0;
  return (opcode >>> 8 === 0xfc ? bulk : vector)[opcode & 0xff] ?? 0;
}
