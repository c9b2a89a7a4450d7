/**
 * Writes the bodies of a module's functions anew, paying.
 *
 * @module
 */
import type { CodeBody, DecodedModule, FunctionType } from "../decoded_module.ts";
import { emptyBlockType } from "../read_instructions.ts";
import { ByteWriter } from "./byte_writer.ts";
import { frameWeightOf } from "./frame_weight.ts";
import { type BodyPlan, planBody } from "./plan_body.ts";
import type { AddedParts } from "./added_parts.ts";
import {
  type Meters,
  metersOf,
  writeBlockStart,
  writeBranch,
  writeCall,
  writeDepthEntry,
  writeDepthExit,
  writeEnd,
  writeFuelCharge,
} from "./write_charges.ts";

/**
 * @param added Takes what the new code needs: functions that charge for an operand, block types.
 * @returns The bodies with their sizes, without a count.
 */
export function meterCode(decoded: DecodedModule, added: AddedParts): ByteWriter {
  const all = new ByteWriter(decoded.bytes.length * 2);
  const one = new ByteWriter(4_096);
  const meters = metersOf(decoded);
  for (const [at, body] of decoded.code.entries()) {
    const typeIndex = decoded.functionTypes[decoded.importedFunctions + at] ?? 0;
    const type = decoded.types[typeIndex];
    if (type === undefined) throw new Error(`meterCode: no type ${typeIndex}`);
    const plan = planBody(decoded, body, type);
    one.clear();
    one.writeRange(decoded.bytes, body.localsRange);
    writeBody(one, { decoded, meters, added, body, plan, type });
    all.writeU32(one.length);
    all.writeBytes(one.written);
  }
  return all;
}

interface Job {
  readonly decoded: DecodedModule;
  readonly meters: Meters;
  readonly added: AddedParts;
  readonly body: CodeBody;
  readonly plan: BodyPlan;
  readonly type: FunctionType;
}

/**
 * A counted function becomes one block of its results, within itself: a branch that left the
 * function, by whatever label, now arrives at the end of that block, where the depth is given back.
 * Labels stay as they are: what was the label of the function is that of the block.
 */
function writeBody(to: ByteWriter, job: Job): void {
  const weight = frameWeightOf(job.plan);
  if (weight === 0) return writeEdited(to, job, false);
  writeDepthEntry(to, job.meters, weight);
  writeBlockStart(to, blockTypeOf(job));
  writeEdited(to, job, true);
  writeDepthExit(to, job.meters, weight);
  writeEnd(to);
}

function blockTypeOf({ type, added }: Job): number {
  const [result] = type.results;
  if (result === undefined) return emptyBlockType;
  return type.results.length === 1 ? result - 0x80 : added.blockType(type.results);
}

function writeEdited(to: ByteWriter, job: Job, isBlock: boolean): void {
  const { decoded: { bytes }, body, plan, meters, added } = job;
  let { start } = body.instructions;
  for (const edit of plan.edits) {
    if (edit.kind === "charge" && edit.slot.units === 0) continue;
    if (edit.kind === "return" && !isBlock) continue;
    to.writeRange(bytes, { start, end: edit.at });
    start = edit.at;
    if (edit.kind === "charge") writeFuelCharge(to, meters, edit.slot.units);
    else if (edit.kind === "operand") writeCall(to, added.operandCharge(edit.operand));
    else {
      writeBranch(to, edit.label);
      start++;
    }
  }
  to.writeRange(bytes, { start, end: body.instructions.end });
}
