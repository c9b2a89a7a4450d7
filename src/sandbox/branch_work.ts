/**
 * Bounds what compiling a function can cost, which no fuel is charged for.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { DecodedModule, FunctionType } from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { emptyBlockType, type Instruction } from "./read_instructions.ts";
import { stackEffect } from "./stack_effects.ts";

/**
 * Adds up what a compiler carries along: at every branch, `if`, `else`, `loop` and target of
 * `br_table` the locals and the values on the stack, at every block and call the values in and out.
 * Counting locals alone would let 30,000 values on the stack and 20,000 `if`s through: 270 KB that
 * take V8 half a minute.
 *
 * Heights are exact for code that is valid. Of code that is not they are some number: the work is
 * bounded all the same, and V8 refuses the module.
 */
export class BranchWork {
  /** Of all functions so far. */
  total = 0;
  /** The most of one function so far. */
  largest = 0;
  readonly #module: DecodedModule;
  #work = 0;
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
    this.#height = 0;
    this.#base = 0;
    this.#bases.length = 0;
    this.#types.length = 0;
  }

  /** @throws {CheckFailure} `limit_exceeded` as soon as it is too much. */
  add(one: Readonly<Instruction>): void {
    const { opcode } = one;
    if (opcode > 0x11 || opcode < 0x02) {
      this.#apply(stackEffect(opcode));
      if (opcode === 0x00) this.#height = this.#base;
      return;
    }
    const work = this.#control(one);
    if (work === 0) return;
    this.#work += work;
    this.total += work;
    if (this.#work > this.largest) this.largest = this.#work;
    const { functionBranchWork, moduleBranchWork } = moduleLimits;
    if (this.#work > functionBranchWork) throw tooMuch("a function", functionBranchWork, one);
    if (this.total > moduleBranchWork) throw tooMuch("the module", moduleBranchWork, one);
  }

  /** @returns The work of an instruction from 0x02 to 0x11. */
  #control(one: Readonly<Instruction>): number {
    this.#apply(stackEffect(one.opcode));
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
        this.#apply(1 << 4);
        return this.#call(one.index);
    }
  }

  #apply(effect: number): void {
    this.#take(effect >> 4);
    this.#height += effect & 15;
  }

  /** After code that does not go on there may be fewer values than are taken: they count as none. */
  #take(count: number): void {
    this.#height = Math.max(this.#height - count, this.#base);
  }

  #carried(): number {
    return this.#locals + this.#height + 1;
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
    this.#take(params);
    this.#height += results;
    return params + results;
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
