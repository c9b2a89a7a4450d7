/**
 * How many values each instruction takes off the operand stack and puts on it. Only counts: which
 * types they have is checked by WebAssembly.validate.
 *
 * @module
 */

/** From and to (inclusive), values taken, values put. What is not in a table: none of either. */
type EffectRow = readonly [from: number, to: number, pops: number, pushes: number];

const plainEffects: readonly EffectRow[] = [
  [0x04, 0x04, 1, 0], // if
  [0x0d, 0x0e, 1, 0], // br_if, br_table
  [0x1a, 0x1a, 1, 0], // drop
  [0x1b, 0x1c, 3, 1], // select
  [0x20, 0x20, 0, 1], // local.get
  [0x21, 0x21, 1, 0], // local.set
  [0x22, 0x22, 1, 1], // local.tee
  [0x23, 0x23, 0, 1], // global.get
  [0x24, 0x24, 1, 0], // global.set
  [0x25, 0x25, 1, 1], // table.get
  [0x26, 0x26, 2, 0], // table.set
  [0x28, 0x35, 1, 1], // loads
  [0x36, 0x3e, 2, 0], // stores
  [0x3f, 0x3f, 0, 1], // memory.size
  [0x40, 0x40, 1, 1], // memory.grow
  [0x41, 0x44, 0, 1], // constants
  [0x45, 0xc4, 2, 1], // comparisons and arithmetic, save:
  [0x45, 0x45, 1, 1], // i32.eqz
  [0x50, 0x50, 1, 1], // i64.eqz
  [0x67, 0x69, 1, 1], // i32 clz, ctz, popcnt
  [0x79, 0x7b, 1, 1], // i64 clz, ctz, popcnt
  [0x8b, 0x91, 1, 1], // f32 abs to sqrt
  [0x99, 0x9f, 1, 1], // f64 abs to sqrt
  [0xa7, 0xc4, 1, 1], // conversions and sign extensions
  [0xd0, 0xd0, 0, 1], // ref.null
  [0xd1, 0xd1, 1, 1], // ref.is_null
  [0xd2, 0xd2, 0, 1], // ref.func
];

const bulkEffects: readonly EffectRow[] = [
  [0, 7, 1, 1], // saturating conversions
  [8, 8, 3, 0], // memory.init
  [10, 12, 3, 0], // memory.copy, memory.fill, table.init
  [14, 14, 3, 0], // table.copy
  [15, 15, 2, 1], // table.grow
  [16, 16, 0, 1], // table.size
  [17, 17, 3, 0], // table.fill
];

const vectorEffects: readonly EffectRow[] = [
  [0x0d, 0xff, 2, 1], // two operands, save:
  [0x00, 0x0a, 1, 1], // loads
  [0x0b, 0x0b, 2, 0], // store
  [0x0c, 0x0c, 0, 1], // v128.const
  [0x0f, 0x16, 1, 1], // splats, i8x16.extract_lane
  [0x18, 0x19, 1, 1], // further extract_lane
  [0x1b, 0x1b, 1, 1],
  [0x1d, 0x1d, 1, 1],
  [0x1f, 0x1f, 1, 1],
  [0x21, 0x21, 1, 1],
  [0x4d, 0x4d, 1, 1], // not
  [0x52, 0x52, 3, 1], // bitselect
  [0x53, 0x53, 1, 1], // any_true
  [0x58, 0x5b, 2, 0], // store_lane
  [0x5c, 0x64, 1, 1], // load_zero, demote, promote, i8x16 abs to bitmask
  [0x67, 0x6a, 1, 1], // f32x4 ceil to nearest
  [0x74, 0x75, 1, 1], // f64x2 ceil, floor
  [0x7a, 0x7a, 1, 1], // f64x2 trunc
  [0x7c, 0x81, 1, 1], // extadd_pairwise, i16x8 abs, neg
  [0x83, 0x84, 1, 1],
  [0x87, 0x8a, 1, 1], // i16x8.extend
  [0x94, 0x94, 1, 1], // f64x2.nearest
  [0xa0, 0xaa, 1, 1], // i32x4 abs to extend
  [0xc0, 0xca, 1, 1], // i64x2 abs to extend
  [0xe0, 0xe3, 1, 1], // f32x4 abs, neg, sqrt
  [0xec, 0xef, 1, 1], // f64x2 abs, neg, sqrt
  [0xf8, 0xff, 1, 1], // conversions
];

function effectTable(rows: readonly EffectRow[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [from, to, pops, pushes] of rows) table.fill(pops << 4 | pushes, from, to + 1);
  return table;
}

const plain = effectTable(plainEffects);
const bulk = effectTable(bulkEffects);
const vector = effectTable(vectorEffects);

/**
 * @param opcode As in Instruction. Calls, blocks and what leaves a block are not in here: their
 * counts depend on types.
 * @returns Values taken, times 16, plus values put.
 */
export function stackEffect(opcode: number): number {
  if (opcode < 0x100) return plain[opcode] ?? 0;
  return (opcode < 0xfd00 ? bulk : vector)[opcode & 0xff] ?? 0;
}
