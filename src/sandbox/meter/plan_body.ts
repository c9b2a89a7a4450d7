/**
 * Finds where a function must pay, what for, and how much of the stack a call of it takes.
 *
 * @module
 */
import {
  type CodeBody,
  type DecodedModule,
  type FunctionType,
  type ValueType,
  valueTypes,
} from "../decoded_module.ts";
import { emptyBlockType, type Instruction, readInstructions } from "../read_instructions.ts";
import { ChargeSlot } from "./charge_slot.ts";
import { fuelCosts, fuelOf } from "./fuel_table.ts";
import { heightChangeOf } from "./height_change.ts";
import { type OperandKind, operandKindOf } from "./operand_kind.ts";

/** A change at a byte of the original; in the order of the bytes. */
export type BodyEdit =
  /** Pay here. */
  | { readonly kind: "charge"; readonly at: number; readonly slot: ChargeSlot }
  /** Pay for the operand on top of the stack. */
  | { readonly kind: "operand"; readonly at: number; readonly operand: OperandKind }
  /** A `return`: one byte to be replaced where the function has something to do at its end. */
  | { readonly kind: "return"; readonly at: number; readonly label: number };

export interface BodyPlan {
  readonly edits: readonly BodyEdit[];
  readonly hasCalls: boolean;
  /** Bytes that parameters, results, locals and the stack take at most. */
  readonly frameBytes: number;
}

/** An open block, or the function. */
interface Frame {
  /** Paid before the block was entered. */
  readonly slot: ChargeSlot;
  /** The outermost frame that a branch within this one leaves for, as its place in the list. */
  outermostTarget: number;
  /** Of the stack, below the block's parameters. */
  readonly base: number;
  readonly params: number;
  readonly results: number;
}

/** @param type Of the function. */
export function planBody(decoded: DecodedModule, body: CodeBody, type: FunctionType): BodyPlan {
  const planner = new BodyPlanner(decoded, body, type);
  readInstructions(decoded.bytes, body.instructions, (one) => planner.visit(one));
  return planner.finish();
}

class BodyPlanner {
  readonly #decoded: DecodedModule;
  readonly #body: CodeBody;
  readonly #type: FunctionType;
  readonly #edits: BodyEdit[] = [];
  readonly #slots: ChargeSlot[] = [];
  readonly #frames: Frame[] = [];
  #slot: ChargeSlot;
  /** Blocks opened in code that nothing reaches; -1 in code that something may reach. */
  #deadBlocks = -1;
  #height = 0;
  #greatestHeight = 0;
  #hasCalls = false;
  #hasVectors: boolean;

  constructor(decoded: DecodedModule, body: CodeBody, type: FunctionType) {
    this.#decoded = decoded;
    this.#body = body;
    this.#type = type;
    this.#hasVectors = holdsVectors(decoded);
    this.#slot = this.#addSlot(body.instructions.start, null);
    this.#slot.units = fuelCosts.entry + fuelCosts.eightLocals * Math.ceil(body.localCount / 8);
    this.#openFrame(0, type.results.length);
  }

  visit(one: Readonly<Instruction>): void {
    if (this.#deadBlocks >= 0) return this.#visitDead(one);
    this.#slot.units += fuelOf(one.opcode);
    if (one.opcode <= 0x11) return this.#visitControl(one);
    const operand = operandKindOf(one.opcode);
    if (operand !== null) this.#edits.push({ kind: "operand", at: one.offset, operand });
    if (one.opcode >= 0xfd00) this.#hasVectors = true;
    this.#changeHeight(heightChangeOf(one.opcode));
  }

  finish(): BodyPlan {
    for (const slot of this.#slots) slot.mergeBackward();
    let frameBytes = this.#greatestHeight * (this.#hasVectors ? 16 : 8);
    for (const type of this.#type.params) frameBytes += bytesOf(type);
    for (const type of this.#type.results) frameBytes += bytesOf(type);
    for (const { count, type } of this.#body.locals) frameBytes += count * bytesOf(type);
    return { edits: this.#edits, hasCalls: this.#hasCalls, frameBytes };
  }

  #visitControl(one: Readonly<Instruction>): void {
    switch (one.opcode) {
      case 0x02:
      case 0x03:
      case 0x04:
        return this.#openBlock(one);
      case 0x05:
        return this.#startElse(one);
      case 0x0b:
        return this.#closeBlock(one);
      case 0x0c:
        this.#branch(one.index);
        return this.#die();
      case 0x0d:
        this.#changeHeight(-1);
        this.#branch(one.index);
        this.#slot = this.#addSlot(one.end, this.#slot);
        return;
      case 0x0e:
        for (const label of one.targets) this.#branch(label);
        return this.#die();
      case 0x0f:
        this.#edits.push({ kind: "return", at: one.offset, label: one.nesting - 1 });
        this.#branch(one.nesting - 1);
        return this.#die();
      case 0x10:
        return this.#call(this.#decoded.functionTypes[one.index], 0);
      case 0x11:
        return this.#call(one.index, 1);
      case 0x00:
        return this.#die();
    }
  }

  /** Code after a branch is not executed, up to the `else` or the `end` of its block. */
  #visitDead(one: Readonly<Instruction>): void {
    if (one.opcode >= 0x02 && one.opcode <= 0x04) this.#deadBlocks++;
    else if (one.opcode === 0x0b && this.#deadBlocks > 0) this.#deadBlocks--;
    else if (one.opcode === 0x0b) this.#closeBlock(one);
    else if (one.opcode === 0x05 && this.#deadBlocks === 0) this.#startElse(one);
  }

  #openBlock(one: Readonly<Instruction>): void {
    const isIf = one.opcode === 0x04;
    if (isIf) this.#changeHeight(-1);
    const [params, results] = this.#arityOf(one.blockType);
    this.#openFrame(params, results);
    if (isIf) this.#slot = this.#addSlot(one.end, this.#slot);
    // A loop's head: nothing before it is paid on each turn, so nobody pays for it.
    if (one.opcode === 0x03) {
      this.#slot = this.#addSlot(one.end, null);
      this.#slot.units = fuelCosts.loop;
    }
  }

  #startElse(one: Readonly<Instruction>): void {
    this.#deadBlocks = -1;
    const frame = this.#frame();
    this.#slot = this.#addSlot(one.end, frame.slot);
    this.#height = frame.base + frame.params;
  }

  /**
   * What comes after a block is executed as often as what came before it, unless a branch within
   * left for a place further out.
   */
  #closeBlock(one: Readonly<Instruction>): void {
    this.#deadBlocks = -1;
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    const depth = this.#frames.length;
    if (depth === 0) return;
    const leaves = frame.outermostTarget < depth;
    this.#slot = leaves ? this.#addSlot(one.end, frame.slot) : frame.slot;
    this.#markTarget(frame.outermostTarget);
    this.#height = frame.base;
    this.#changeHeight(frame.results);
  }

  #branch(label: number): void {
    this.#markTarget(this.#frames.length - 1 - label);
  }

  #markTarget(target: number): void {
    const frame = this.#frame();
    if (target < frame.outermostTarget) frame.outermostTarget = target;
  }

  #die(): void {
    this.#deadBlocks = 0;
  }

  #call(typeIndex: number | undefined, operands: number): void {
    const type = this.#decoded.types[typeIndex ?? 0];
    this.#hasCalls = true;
    this.#changeHeight(-operands - (type?.params.length ?? 0));
    this.#changeHeight(type?.results.length ?? 0);
  }

  #changeHeight(change: number): void {
    this.#height += change;
    if (this.#height > this.#greatestHeight) this.#greatestHeight = this.#height;
  }

  #arityOf(blockType: number): readonly [params: number, results: number] {
    if (blockType === emptyBlockType) return [0, 0];
    if (blockType < 0) return [0, 1];
    const type = this.#decoded.types[blockType];
    return [type?.params.length ?? 0, type?.results.length ?? 0];
  }

  #openFrame(params: number, results: number): void {
    const outermostTarget = this.#frames.length;
    const base = this.#height - params;
    this.#frames.push({ slot: this.#slot, outermostTarget, base, params, results });
  }

  #addSlot(at: number, before: ChargeSlot | null): ChargeSlot {
    const slot = new ChargeSlot(before);
    this.#slots.push(slot);
    this.#edits.push({ kind: "charge", at, slot });
    return slot;
  }

  #frame(): Frame {
    const frame = this.#frames[this.#frames.length - 1];
    if (frame === undefined) throw new Error("planBody: a block ended that did not begin");
    return frame;
  }
}

/** In a frame of the stack. */
function bytesOf(type: ValueType): number {
  return type === valueTypes.v128 ? 16 : 8;
}

/** Whether values of 16 bytes can be on a stack without an instruction on vectors. */
function holdsVectors(decoded: DecodedModule): boolean {
  return decoded.globalTypes.some(({ type }) => type === valueTypes.v128) ||
    decoded.types.some(({ params, results }) =>
      params.includes(valueTypes.v128) || results.includes(valueTypes.v128)
    );
}
