/**
 * A second, plain way to count: before each instruction, what it costs. Knows nothing of blocks and
 * of what can be paid together, which is what the meter has to get right.
 */
import type { DecodedModule } from "../../src/sandbox/decoded_module.ts";
import { ByteWriter } from "../../src/sandbox/meter/byte_writer.ts";
import {
  appendItems,
  type NewSections,
  writeModule,
} from "../../src/sandbox/meter/edit_sections.ts";
import { fuelCosts, fuelOf } from "../../src/sandbox/meter/fuel_table.ts";
import { readInstructions } from "../../src/sandbox/read_instructions.ts";
import { op, s64, u32 } from "./wasm_builder.ts";

export const countName = "counted";

/** Exports an i64 global more, which counts up from 0. Operands of bulk instructions are left out. */
export function countInstructions(decoded: DecodedModule): Uint8Array<ArrayBuffer> {
  const sections: NewSections = new Map();
  const counter = u32(decoded.globalTypes.length);
  appendItems(decoded, sections, {
    id: 6,
    count: 1,
    write: (to) => to.writeBytes([0x7e, 1, op.i64Const, 0, op.end]),
  });
  appendItems(decoded, sections, {
    id: 7,
    count: 1,
    write: (to) => {
      to.writeName(countName);
      to.writeBytes([3, ...counter]);
    },
  });
  const code = new ByteWriter();
  code.writeU32(decoded.code.length);
  const pay = (units: number) =>
    units === 0
      ? []
      : [op.globalGet, ...counter, op.i64Const, ...s64(units), 0x7c, op.globalSet, ...counter];
  for (const body of decoded.code) {
    const one = new ByteWriter();
    one.writeRange(decoded.bytes, body.localsRange);
    one.writeBytes(pay(fuelCosts.entry + Math.ceil(body.localCount / 8)));
    readInstructions(decoded.bytes, body.instructions, ({ opcode, offset, end }) => {
      one.writeBytes(pay(fuelOf(opcode)));
      one.writeRange(decoded.bytes, { start: offset, end });
      if (opcode === op.loop) one.writeBytes(pay(fuelCosts.loop));
    });
    code.writeU32(one.length);
    code.writeBytes(one.written);
  }
  sections.set(10, code);
  return writeModule(decoded, sections);
}
