/**
 * Reads constant expressions: what a global begins with and where a segment goes.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { ByteReader } from "./byte_reader.ts";
import { readReferenceType } from "./decode_types.ts";
import type { ConstantExpression } from "./decoded_module.ts";
import { hex, refuseFeature } from "./refuse_feature.ts";

/** Exactly one constant instruction and `end`; sums and products are a later proposal. */
export function readConstant(reader: ByteReader, what: string): ConstantExpression {
  const start = reader.at;
  const opcode = reader.readByte(what);
  const operand = readOperand(reader, opcode, { what, start });
  const endAt = reader.at;
  const last = reader.readByte(what);
  if (last !== 0x0b) {
    const isComputed = last === 0x23 || (last >= 0x41 && last <= 0x44) || isArithmetic(last);
    throw isComputed
      ? refuseFeature("extendedConstants", what, endAt)
      : badConstant(what, last, endAt);
  }
  return { opcode, operand, range: { start, end: reader.at } };
}

function readOperand(
  reader: ByteReader,
  opcode: number,
  place: { readonly what: string; readonly start: number },
): number {
  const { what, start } = place;
  switch (opcode) {
    case 0x23:
    case 0xd2:
      return reader.readU32(what);
    case 0x41:
      return reader.readSigned(what, 32);
    case 0x42:
      reader.readSigned(what, 64);
      return 0;
    case 0x43:
      reader.skip(4, what);
      return 0;
    case 0x44:
      reader.skip(8, what);
      return 0;
    case 0xd0:
      readReferenceType(reader, `${what}: ref.null`);
      return 0;
    case 0xfd:
      return readVector(reader, what, start);
    case 0xfb:
      throw refuseFeature("gc", what, start);
    default:
      throw badConstant(what, opcode, start);
  }
}

function readVector(reader: ByteReader, what: string, start: number): number {
  const code = reader.readU32(what);
  if (code !== 0x0c) throw badConstant(what, 0xfd, start);
  reader.skip(16, what);
  return 0;
}

/** i32 and i64: add, sub, mul. */
function isArithmetic(opcode: number): boolean {
  return (opcode >= 0x6a && opcode <= 0x6c) || (opcode >= 0x7c && opcode <= 0x7e);
}

function badConstant(what: string, opcode: number, offset: number): CheckFailure {
  const message = `${what}: got instruction ${hex(opcode)}, wanted one constant and end`;
  return new CheckFailure("invalid_module", message, offset);
}
