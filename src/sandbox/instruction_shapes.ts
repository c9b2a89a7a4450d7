/**
 * What follows each opcode, and which proposal the opcodes belong to that are not allowed.
 *
 * @module
 */
import type { RefusedFeature } from "./refuse_feature.ts";

/** What stands after an opcode. `refused`: the instruction itself is. */
export const shapes = {
  refused: 0,
  plain: 1,
  block: 2,
  /** An `else`, an `end`. */
  otherwise: 3,
  end: 4,
  label: 5,
  labelTable: 6,
  index: 7,
  twoIndexes: 8,
  selectTypes: 9,
  memory: 10,
  /** A memory's index, which is 0. */
  onlyMemory: 11,
  i32: 12,
  i64: 13,
  bytes4: 14,
  bytes8: 15,
  bytes16: 16,
  shuffle: 17,
  lane: 18,
  memoryLane: 19,
  referenceType: 20,
  dataAndMemory: 21,
  twoMemories: 22,
} as const;

type ShapeRow = readonly [from: number, to: number, shape: number];

function shapeTable(size: number, rows: readonly ShapeRow[]): Uint8Array {
  const table = new Uint8Array(size);
  for (const [from, to, shape] of rows) table.fill(shape, from, to + 1);
  return table;
}

/** By the opcode's one byte. */
export const plainShapes: Uint8Array = shapeTable(256, [
  [0x00, 0x01, shapes.plain],
  [0x02, 0x04, shapes.block],
  [0x05, 0x05, shapes.otherwise],
  [0x0b, 0x0b, shapes.end],
  [0x0c, 0x0d, shapes.label],
  [0x0e, 0x0e, shapes.labelTable],
  [0x0f, 0x0f, shapes.plain],
  [0x10, 0x10, shapes.index],
  [0x11, 0x11, shapes.twoIndexes],
  [0x1a, 0x1b, shapes.plain],
  [0x1c, 0x1c, shapes.selectTypes],
  [0x20, 0x26, shapes.index],
  [0x28, 0x3e, shapes.memory],
  [0x3f, 0x40, shapes.onlyMemory],
  [0x41, 0x41, shapes.i32],
  [0x42, 0x42, shapes.i64],
  [0x43, 0x43, shapes.bytes4],
  [0x44, 0x44, shapes.bytes8],
  [0x45, 0xc4, shapes.plain],
  [0xd0, 0xd0, shapes.referenceType],
  [0xd1, 0xd1, shapes.plain],
  [0xd2, 0xd2, shapes.index],
]);

/** By the number after 0xfc. */
export const bulkShapes: Uint8Array = shapeTable(18, [
  [0, 7, shapes.plain],
  [8, 8, shapes.dataAndMemory],
  [9, 9, shapes.index],
  [10, 10, shapes.twoMemories],
  [11, 11, shapes.onlyMemory],
  [12, 12, shapes.twoIndexes],
  [13, 13, shapes.index],
  [14, 14, shapes.twoIndexes],
  [15, 17, shapes.index],
]);

// Numbers among 0x00..0xff that the SIMD proposal left empty.
const emptyVectorCodes = [
  ...[0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb],
  ...[0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee],
];

/** By the number after 0xfd. */
export const vectorShapes: Uint8Array = shapeTable(256, [
  [0x00, 0xff, shapes.plain],
  [0x00, 0x0b, shapes.memory],
  [0x0c, 0x0c, shapes.bytes16],
  [0x0d, 0x0d, shapes.shuffle],
  [0x15, 0x22, shapes.lane],
  [0x54, 0x5b, shapes.memoryLane],
  [0x5c, 0x5d, shapes.memory],
  ...emptyVectorCodes.map((code): ShapeRow => [code, code, shapes.refused]),
]);

/** How many lanes an instruction after 0xfd chooses from. */
export function lanesOf(code: number): number {
  if (code <= 0x17) return 16;
  if (code <= 0x1a) return 8;
  if (code <= 0x1c || code === 0x1f || code === 0x20) return 4;
  if (code <= 0x22) return 2;
  return 16 >> (code & 3);
}

const refusedOpcodes: readonly (readonly [number, number, RefusedFeature])[] = [
  [0x06, 0x0a, "exceptions"],
  [0x12, 0x13, "tailCalls"],
  [0x14, 0x14, "functionReferences"],
  [0x15, 0x15, "tailCalls"],
  [0x18, 0x19, "exceptions"],
  [0x1f, 0x1f, "exceptions"],
  [0xd3, 0xd3, "gc"],
  [0xd4, 0xd6, "functionReferences"],
  [0xe0, 0xe6, "stackSwitching"],
  [0xfb, 0xfb, "gc"],
  [0xfe, 0xfe, "threads"],
];

/** @param code The number after a prefix; 0 without one. */
export function featureOf(opcode: number, code: number): RefusedFeature {
  if (opcode === 0xfb && code >= 0x80) return "stringref";
  if (opcode === 0xfc) return code >= 19 && code <= 22 ? "wideArithmetic" : "unknown";
  if (opcode === 0xfd) return code >= 0x100 ? "relaxedSimd" : "unknown";
  for (const [from, to, feature] of refusedOpcodes) {
    if (opcode >= from && opcode <= to) return feature;
  }
  return "unknown";
}
