/**
 * The code that is put into a module.
 *
 * @module
 */
import { type DecodedModule, valueTypes } from "../decoded_module.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { operandCosts } from "./fuel_table.ts";
import type { OperandKind } from "./operand_kind.ts";

const op = {
  unreachable: 0x00,
  block: 0x02,
  if: 0x04,
  end: 0x0b,
  branch: 0x0c,
  call: 0x10,
  select: 0x1b,
  localGet: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LessSigned: 0x48,
  i32AtMostUnsigned: 0x4d,
  i64LessSigned: 0x53,
  i32Add: 0x6a,
  i32Subtract: 0x6b,
  i64Subtract: 0x7d,
  i64Multiply: 0x7e,
  i64ShiftRightUnsigned: 0x88,
  i64FromUnsigned: 0xad,
} as const;
const emptyBlock = 0x40;

/** Indexes of the two globals: the first two after the module's own. */
export interface Meters {
  readonly fuel: number;
  readonly depth: number;
}

export function metersOf(decoded: DecodedModule): Meters {
  const fuel = decoded.globalTypes.length;
  return { fuel, depth: fuel + 1 };
}

/** Takes units of fuel, and traps if there are none left. */
export function writeFuelCharge(to: ByteWriter, { fuel }: Meters, units: number): void {
  writeGlobal(to, op.globalGet, fuel);
  to.writeByte(op.i64Const);
  to.writeSigned(units);
  to.writeByte(op.i64Subtract);
  writeGlobal(to, op.globalSet, fuel);
  writeFuelCheck(to, fuel);
}

function writeFuelCheck(to: ByteWriter, fuel: number): void {
  writeGlobal(to, op.globalGet, fuel);
  to.writeBytes([op.i64Const, 0, op.i64LessSigned]);
  to.writeBytes([op.if, emptyBlock, op.unreachable, op.end]);
}

/** Takes the weight of a call, and traps if there is no room for it. */
export function writeDepthEntry(to: ByteWriter, { depth }: Meters, weight: number): void {
  writeDepthChange(to, depth, op.i32Subtract, weight);
  writeGlobal(to, op.globalGet, depth);
  to.writeBytes([op.i32Const, 0, op.i32LessSigned]);
  to.writeBytes([op.if, emptyBlock, op.unreachable, op.end]);
}

/** Gives back the weight of a call. */
export function writeDepthExit(to: ByteWriter, { depth }: Meters, weight: number): void {
  writeDepthChange(to, depth, op.i32Add, weight);
}

function writeDepthChange(to: ByteWriter, depth: number, change: number, weight: number): void {
  writeGlobal(to, op.globalGet, depth);
  to.writeByte(op.i32Const);
  to.writeSigned(weight);
  to.writeByte(change);
  writeGlobal(to, op.globalSet, depth);
}

/** @param blockType As the format writes it: one byte, or the index of a type. */
export function writeBlockStart(to: ByteWriter, blockType: number): void {
  to.writeByte(op.block);
  to.writeSigned(blockType);
}

export function writeEnd(to: ByteWriter): void {
  to.writeByte(op.end);
}

export function writeBranch(to: ByteWriter, label: number): void {
  to.writeByte(op.branch);
  to.writeU32(label);
}

export function writeCall(to: ByteWriter, index: number): void {
  to.writeByte(op.call);
  to.writeU32(index);
}

/** Of writeOperandCharge(): takes the operand and gives it back. */
export const operandChargeType = { params: [valueTypes.i32], results: [valueTypes.i32] } as const;

/**
 * The body of a function that charges for an operand.
 *
 * INVARIANT: the operand counts as unsigned, and is multiplied in 64 bits: it is less than 2 to the
 * 32 and the factor less than 2 to the 16, so that the charge is neither negative nor overflows.
 *
 * @param most What the operand can be if its instruction is to do anything: beyond, it fails at
 *   once and costs no more. Null: there is no such number.
 */
export function writeOperandCharge(
  to: ByteWriter,
  { fuel }: Meters,
  kind: OperandKind,
  most: number | null,
): void {
  const { units, per } = operandCosts[kind];
  writeGlobal(to, op.globalGet, fuel);
  to.writeBytes([op.localGet, 0]);
  if (most !== null) {
    to.writeBytes([op.i32Const, 0, op.localGet, 0, op.i32Const]);
    to.writeSigned(most);
    to.writeBytes([op.i32AtMostUnsigned, op.select]);
  }
  to.writeByte(op.i64FromUnsigned);
  if (per > 1) to.writeBytes([op.i64Const, Math.log2(per), op.i64ShiftRightUnsigned]);
  to.writeByte(op.i64Const);
  to.writeSigned(units);
  to.writeBytes([op.i64Multiply, op.i64Subtract]);
  writeGlobal(to, op.globalSet, fuel);
  writeFuelCheck(to, fuel);
  to.writeBytes([op.localGet, 0]);
  writeEnd(to);
}

function writeGlobal(to: ByteWriter, opcode: number, index: number): void {
  to.writeByte(opcode);
  to.writeU32(index);
}
