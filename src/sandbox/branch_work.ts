/**
 * Bounds what compiling a function can cost, which no fuel is charged for.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { beyondLimit } from "./byte_reader.ts";
import type { DecodedModule, FunctionType } from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { emptyBlockType, type Instruction } from "./read_instructions.ts";
import { callsOut, stackEffect } from "./stack_effects.ts";

/** Weight of `block`, `loop`, `if`, `br_if`, `call` and `call_indirect` in compiled code. */
const weights: readonly number[] = Array.from({ length: 0x12 }, (_, opcode) => {
  if (opcode === 0x03 || opcode === 0x04 || opcode === 0x0d) return 20;
  return opcode === 0x02 ? 1 : opcode === 0x10 ? 10 : opcode === 0x11 ? 400 : 0;
});
/** Of an instruction that a compiler makes a call of. */
const callOutWeight = 50;

/**
 * Adds up what a compiler carries along: at every branch, `if`, `else`, `loop` and target of
 * `br_table` the locals and the values on the stack, at every block and call the values in and out.
 * Counting locals alone would let 30,000 values on the stack and 20,000 `if`s through: 270 KB that
 * take V8 half a minute. A call looks through them, too, and so does what a compiler makes a call of:
 * a fraction counts.
 *
 * Beside that, what branches and calls weigh in compiled code, however little is carried. SECURITY:
 * 2 MB of `call_indirect` in `if`s were 300 MiB to load, and 550 once they were hot.
 *
 * Heights are exact for code that is valid. Of code that is not they are some number: the work is
 * bounded all the same, and V8 refuses the module.
 */
export class BranchWork {
  /** Of all functions so far. */
  total = 0;
  /** The most values on the stack so far. */
  highest = 0;
  /** The most of one function so far. */
  largest = 0;
  /** Weight of all functions so far, and the most of one. */
  weight = 0;
  heaviest = 0;
  readonly #module: DecodedModule;
  #work = 0;
  #weight = 0;
  #locals = 0;
  #height = 0;
  #base = 0;
  #results = 0;
  /** Of the blocks around: where their values begin, what they take and give. */
  readonly #bases: number[] = [];
  readonly #types: number[] = [];

  constructor(module: DecodedModule) {
    this.#module = module;
  }

  /** @param index Among defined functions. */
  enter(index: number): void {
    const module = this.#module;
    const type = module.types[module.functionTypes[module.importedFunctions + index] ?? 0];
    this.#locals = (type?.params.length ?? 0) + (module.code[index]?.localCount ?? 0);
    this.#results = type?.results.length ?? 0;
    this.#work = 0;
    this.#weight = 0;
    this.#height = 0;
    this.#base = 0;
    this.#bases.length = 0;
    this.#types.length = 0;
  }

  /** @throws {CheckFailure} `limit_exceeded` as soon as it is too much. */
  add(one: Readonly<Instruction>): void {
    const { opcode } = one;
    if (opcode > 0x11 || opcode < 0x02) {
      const effect = stackEffect(opcode);
      if (effect >= callsOut) {
        this.#charge(this.#spilled() + 1, one);
        this.#weigh(callOutWeight, one);
      }
      this.#apply(effect & (callsOut - 1));
      if (opcode === 0x00) this.#height = this.#base;
    } else {
      const work = this.#control(one);
      if (work > 0) this.#charge(work, one);
      const weight = weights[opcode] ?? 0;
      if (weight > 0) this.#weigh(weight, one);
    }
    if (this.#height > this.highest) this.#rise(one);
  }

  #rise(one: Readonly<Instruction>): void {
    this.highest = this.#height;
    const { stackValues } = moduleLimits;
    if (this.highest > stackValues) {
      throw beyondLimit("values on the stack", this.highest, stackValues, one.offset);
    }
  }

  #charge(work: number, one: Readonly<Instruction>): void {
    this.#work += work;
    this.total += work;
    if (this.#work > this.largest) this.largest = this.#work;
    const { functionBranchWork, moduleBranchWork } = moduleLimits;
    if (this.#work > functionBranchWork) throw tooMuch("a function", functionBranchWork, one);
    if (this.total > moduleBranchWork) throw tooMuch("the module", moduleBranchWork, one);
  }

  #weigh(weight: number, one: Readonly<Instruction>): void {
    this.#weight += weight;
    this.weight += weight;
    if (this.#weight > this.heaviest) this.heaviest = this.#weight;
    const { functionCodeWeight, moduleCodeWeight } = moduleLimits;
    if (this.#weight > functionCodeWeight) throw tooHeavy("a function", functionCodeWeight, one);
    if (this.weight > moduleCodeWeight) throw tooHeavy("the module", moduleCodeWeight, one);
  }

  /** @returns The work of an instruction from 0x02 to 0x11. */
  #control(one: Readonly<Instruction>): number {
    if (one.opcode === 0x04 || one.opcode === 0x0d || one.opcode === 0x0e) this.#take(1);
    switch (one.opcode) {
      case 0x02:
        // A place to branch to costs less than a branch.
        return this.#open(one.blockType) + (this.#carried() >> 2);
      case 0x03:
      case 0x04:
        return this.#open(one.blockType) + this.#carried();
      case 0x05:
        return this.#turn();
      case 0x0b:
        return this.#close();
      case 0x0d:
        return this.#carried();
      case 0x0c:
        return this.#leave(1);
      case 0x0e:
        return this.#leave(one.targets.length);
      case 0x0f:
        this.#height = this.#base;
        return this.#results;
      case 0x10:
        return this.#call(this.#module.functionTypes[one.index]);
      default:
        this.#take(1);
        return this.#call(one.index);
    }
  }

  /** After code that does not go on there may be fewer values than are taken: they count as none. */
  #apply(effect: number): void {
    const height = this.#height - (effect >> 4);
    this.#height = (height > this.#base ? height : this.#base) + (effect & 15);
  }

  #take(count: number): void {
    const left = this.#height - count;
    this.#height = left > this.#base ? left : this.#base;
  }

  #carried(): number {
    return this.#locals + this.#height + 1;
  }

  /** To look at each value before a call costs little of what it costs to carry it to a branch. */
  #spilled(): number {
    return this.#carried() >> 5;
  }

  #leave(targets: number): number {
    const work = targets * this.#carried();
    this.#height = this.#base;
    return work;
  }

  #open(blockType: number): number {
    const params = this.#paramsOf(blockType);
    this.#take(params);
    this.#bases.push(this.#base);
    this.#types.push(blockType);
    this.#base = this.#height;
    this.#height += params;
    return params + this.#resultsOf(blockType);
  }

  #turn(): number {
    const work = this.#carried();
    this.#height = this.#base + this.#paramsOf(this.#types.at(-1) ?? emptyBlockType);
    return work;
  }

  #close(): number {
    const results = this.#resultsOf(this.#types.pop() ?? emptyBlockType);
    this.#height = this.#base + results;
    this.#base = this.#bases.pop() ?? 0;
    return results;
  }

  #call(typeIndex: number | undefined): number {
    const type = this.#typeOf(typeIndex ?? -1);
    const params = type?.params.length ?? 0;
    const results = type?.results.length ?? 0;
    const work = params + results + this.#spilled();
    this.#take(params);
    this.#height += results;
    return work;
  }

  #typeOf(index: number): FunctionType | undefined {
    return this.#module.types[index];
  }

  #paramsOf(blockType: number): number {
    return blockType < 0 ? 0 : this.#typeOf(blockType)?.params.length ?? 0;
  }

  #resultsOf(blockType: number): number {
    if (blockType < 0) return blockType === emptyBlockType ? 0 : 1;
    return this.#typeOf(blockType)?.results.length ?? 0;
  }
}

function tooMuch(what: string, wanted: number, one: Readonly<Instruction>): CheckFailure {
  const message = `locals and stack values times branches of ${what}: got more than ${wanted}`;
  return new CheckFailure("limit_exceeded", message, one.offset);
}

function tooHeavy(what: string, wanted: number, one: Readonly<Instruction>): CheckFailure {
  const message = `weight of branches and calls of ${what}: got more than ${wanted}`;
  return new CheckFailure("limit_exceeded", message, one.offset);
}
