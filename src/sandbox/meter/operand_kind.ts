/**
 * Which instructions do work in proportion to the operand on top of the stack.
 *
 * @module
 */

export const operandKinds = ["bytes", "pages", "entries"] as const;
/** What the operand counts. */
export type OperandKind = typeof operandKinds[number];

/** @param opcode As readInstructions() gives it. @returns Null: its work is the same whatever it is given. */
export function operandKindOf(opcode: number): OperandKind | null {
  switch (opcode) {
    case 0x40:
      return "pages";
    // memory.init, memory.copy, memory.fill
    case 0xfc08:
    case 0xfc0a:
    case 0xfc0b:
      return "bytes";
    // table.init, table.copy, table.grow, table.fill
    case 0xfc0c:
    case 0xfc0e:
    case 0xfc0f:
    case 0xfc11:
      return "entries";
    default:
      return null;
  }
}
