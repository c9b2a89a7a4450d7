/**
 * What each instruction costs, in units of fuel. The one place that says so: a changed number
 * changes the fuel of every run recorded so far.
 *
 * @module
 */

/** By what an instruction is; whatever is not named costs `plain` or, on vectors, `vector`. */
export const fuelCosts = {
  /** Marks without work: `block`, `else`, `end`, `nop`; of `loop`, see there. */
  mark: 0,
  plain: 1,
  vector: 2,
  /** A loop's head, paid on each turn, so that a turn costs something whatever is in it. */
  loop: 1,
  branchTable: 2,
  /** Division and remainder of 32 bits; division and root of floats. */
  division: 4,
  /** Of 64 bits, or of four floats at once. */
  wideDivision: 8,
  call: 4,
  callIndirect: 8,
  /** Of a reference: the runtime may have to make an object for it. */
  reference: 16,
  /** Entering a function, and each begun eight of its declared locals, which are set to zero. */
  entry: 1,
  eightLocals: 1,
  /** Bulk instructions, whatever their operand says. */
  bulk: 16,
  memoryGrow: 1_000,
  tableGrow: 4_000,
} as const;

/** What an operand costs beside: `units` for each begun or whole `per` of what it counts. */
export const operandCosts = {
  /** `memory.copy`, `memory.fill`, `memory.init`. */
  bytes: { units: 1, per: 16 },
  /** `memory.grow`: pages of 64 KiB, made and set to zero. */
  pages: { units: 1_024, per: 1 },
  /** `table.copy`, `table.fill`, `table.init`, `table.grow`. */
  entries: { units: 16, per: 1 },
} as const;

type Row = readonly [from: number, to: number, cost: number];

function costTable(size: number, ordinary: number, rows: readonly Row[]): Uint16Array {
  const table = new Uint16Array(size).fill(ordinary);
  for (const [from, to, cost] of rows) table.fill(cost, from, to + 1);
  return table;
}

const one = costTable(256, fuelCosts.plain, [
  [0x01, 0x03, fuelCosts.mark],
  [0x05, 0x05, fuelCosts.mark],
  [0x0b, 0x0b, fuelCosts.mark],
  [0x0e, 0x0e, fuelCosts.branchTable],
  [0x10, 0x10, fuelCosts.call],
  [0x11, 0x11, fuelCosts.callIndirect],
  // table.get, table.set
  [0x25, 0x26, fuelCosts.reference],
  [0x40, 0x40, fuelCosts.memoryGrow],
  // i32, then i64: div_s, div_u, rem_s, rem_u
  [0x6d, 0x70, fuelCosts.division],
  [0x7f, 0x82, fuelCosts.wideDivision],
  // sqrt and div of f32, then of f64
  [0x91, 0x91, fuelCosts.division],
  [0x95, 0x95, fuelCosts.division],
  [0x9f, 0x9f, fuelCosts.division],
  [0xa3, 0xa3, fuelCosts.division],
  // ref.func
  [0xd2, 0xd2, fuelCosts.reference],
]);

/** After 0xfc: saturating conversions are plain. */
const bulk = costTable(18, fuelCosts.plain, [
  [8, 14, fuelCosts.bulk],
  [15, 15, fuelCosts.tableGrow],
  [17, 17, fuelCosts.bulk],
]);

const vector = costTable(256, fuelCosts.vector, [
  // sqrt and div of f32x4, then of f64x2
  [0xe3, 0xe3, fuelCosts.wideDivision],
  [0xe7, 0xe7, fuelCosts.wideDivision],
  [0xef, 0xef, fuelCosts.wideDivision],
  [0xf3, 0xf3, fuelCosts.wideDivision],
]);

/** @param opcode As readInstructions() gives it: with the prefix above it. */
export function fuelOf(opcode: number): number {
  if (opcode < 0x100) return one[opcode] ?? fuelCosts.plain;
  const table = opcode >>> 8 === 0xfc ? bulk : vector;
  return table[opcode & 0xff] ?? fuelCosts.vector;
}
