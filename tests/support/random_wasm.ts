/**
 * Random modules that are valid by construction, end by themselves, and do what metering has to get
 * right: every way out of blocks and functions, calls of all kinds, bulk instructions, growth, traps.
 */
import type { Draw } from "./seeded.ts";
import {
  activeElements,
  buildWasm,
  funcref,
  i32,
  i64,
  importThing,
  limits,
  op,
  passiveData,
  s64,
  u32,
} from "./wasm_builder.ts";

type Type = typeof i32 | typeof i64;

const functionCount = 6;
const functionTypes: readonly (readonly [params: readonly Type[], results: readonly Type[]])[] = [
  [[i32], [i32]],
  [[i32, i64], [i64]],
  [[i32], [i64, i32]],
  [[i32, i32], []],
];
const first = functionTypes.length;
/** `(i32)`: what the module tells the host. */
const logType = first;

/**
 * Exports `f0` to `f5`, `memory`, `table`, `g0` (i32), `g1` (i64); imports `host.log` (i32). Each
 * function takes an i32 first: how many calls deep it may still go. Without `hasBulk` nothing in it
 * costs by its operand.
 */
export function randomWasm(draw: Draw, hasBulk: boolean): Uint8Array<ArrayBuffer> {
  const typeOf = Array.from({ length: functionCount }, () => draw(functionTypes.length));
  return buildWasm({
    types: [...functionTypes, [[i32], []]],
    imports: [["host", "log", importThing.function(logType)]],
    functions: typeOf.map((type) => new BodyMaker(draw, type, typeOf, hasBulk).make()),
    tables: [[funcref, ...limits(8, 16)]],
    memories: [draw(2) === 0 ? limits(1, 4) : limits(1)],
    globals: [
      [i32, 1, op.i32Const, ...s64(draw(100)), op.end],
      [i64, 1, op.i64Const, ...s64(draw(100)), op.end],
    ],
    exports: [
      ...typeOf.map((_, at) => [`f${at}`, "function", at + 1] as const),
      ["memory", "memory", 0],
      ["table", "table", 0],
      ["g0", "global", 0],
      ["g1", "global", 1],
    ],
    elements: [activeElements(0, [1, 2, 3, 4, 5, 6])],
    dataCount: 1,
    data: [passiveData([1, 2, 3, 4, 5, 6, 7, 8])],
  });
}

interface Label {
  /** What a branch to it takes along. */
  readonly types: readonly Type[];
}

class BodyMaker {
  readonly #draw: Draw;
  readonly #type: number;
  readonly #typeOf: readonly number[];
  readonly #params: readonly Type[];
  readonly #results: readonly Type[];
  readonly #locals: Type[] = [];
  readonly #hasBulk: boolean;
  /** Locals that count the turns of a loop: nobody else may set them. */
  readonly #counters = new Set<number>();
  readonly #labels: Label[] = [];
  /** Instructions that may still be made: modules stay small. */
  #left = 120;

  constructor(draw: Draw, type: number, typeOf: readonly number[], hasBulk: boolean) {
    this.#hasBulk = hasBulk;
    this.#draw = draw;
    this.#type = type;
    this.#typeOf = typeOf;
    const [params, results] = functionTypes[type] ?? [[], []];
    this.#params = params;
    this.#results = results;
    for (let at = draw(20); at >= 0; at--) this.#locals.push(draw(2) === 0 ? i32 : i64);
  }

  make(): { type: number; locals: (readonly [number, number])[]; body: number[] } {
    this.#labels.push({ types: this.#results });
    const statements = this.#statements(6);
    const body = [...statements, ...this.#results.flatMap((type) => this.#value(type, 3))];
    return { type: this.#type, locals: this.#locals.map((type) => [1, type]), body };
  }

  #statements(most: number): number[] {
    return Array.from({ length: 1 + this.#draw(most) }, () => this.#statement()).flat();
  }

  #statement(): number[] {
    if (--this.#left < 0) return [op.nop];
    switch (this.#draw(14)) {
      case 0:
        return [...this.#value(i32, 2), op.call, 0];
      case 1:
        return this.#block([], () => this.#statements(4));
      case 2:
        return this.#loop();
      case 3:
        return this.#ifElse();
      case 4:
        return this.#branch();
      case 5:
        return [...this.#value(i32, 1), op.i32Const, 63, 0x71, ...this.#value(i32, 2), ...store];
      case 6:
        return [...this.#value(i32, 2), op.globalSet, 0];
      case 7:
        return this.#hasBulk ? this.#bulk() : this.#setLocal();
      case 8:
        return this.#draw(40) === 0 ? [op.unreachable] : [op.nop];
      default:
        return this.#setLocal();
    }
  }

  #setLocal(): number[] {
    const free = this.#locals.map((_, at) => at).filter((at) => !this.#counters.has(at));
    const at = free[this.#draw(free.length)] ?? 0;
    const type = this.#locals[at] ?? i32;
    return [...this.#value(type, 3), op.localSet, ...u32(this.#params.length + at)];
  }

  /** Open block of no parameters. */
  #block(results: readonly Type[], inside: () => number[]): number[] {
    this.#labels.push({ types: results });
    const type = results[0] ?? op.empty;
    const made = [op.block, type, ...inside(), op.end];
    this.#labels.pop();
    return made;
  }

  /** Turns at most as often as a local counts down, wherever within a branch goes back from. */
  #loop(): number[] {
    const local = this.#locals.push(i32) - 1;
    this.#counters.add(local);
    const counter = u32(this.#params.length + local);
    const turns = 1 + this.#draw(6);
    this.#labels.push({ types: [] }, { types: [] });
    const inside = this.#statements(3);
    this.#labels.pop();
    this.#labels.pop();
    return [
      ...[op.i32Const, turns, op.localSet, ...counter, op.block, op.empty, op.loop, op.empty],
      ...[op.localGet, ...counter, op.i32Const, 1, op.i32Sub, op.localTee, ...counter],
      ...[op.i32Const, 0, 0x48, op.brIf, 1],
      ...inside,
      ...[op.br, 0, op.end, op.end],
    ];
  }

  #ifElse(): number[] {
    const condition = this.#value(i32, 2);
    this.#labels.push({ types: [] });
    const arms = [...this.#statements(3)];
    if (this.#draw(2) === 0) arms.push(op.else, ...this.#statements(3));
    this.#labels.pop();
    return [...condition, op.if, op.empty, ...arms, op.end];
  }

  /** In an `if` of its own, so that code after it is reached at times; at times not. */
  #branch(): number[] {
    const label = this.#draw(this.#labels.length);
    const carried = (this.#labels[this.#labels.length - 1 - label]?.types ?? [])
      .flatMap((type) => this.#value(type, 1));
    switch (this.#draw(4)) {
      case 0: {
        const drops = (this.#labels[this.#labels.length - 1 - label]?.types ?? []).map(() =>
          op.drop
        );
        return [...carried, ...this.#value(i32, 1), op.brIf, ...u32(label), ...drops];
      }
      case 1:
        return this.#guarded(
          () => [...this.#results.flatMap((type) => this.#value(type, 1)), op.return],
        );
      case 2:
        return this.#guarded(() => this.#branchTable());
      default:
        return this.#guarded(() => {
          const inner = this.#draw(this.#labels.length);
          const types = this.#labels[this.#labels.length - 1 - inner]?.types ?? [];
          return [...types.flatMap((type) => this.#value(type, 1)), op.br, ...u32(inner)];
        });
    }
  }

  #guarded(inside: () => number[]): number[] {
    const condition = this.#value(i32, 1);
    this.#labels.push({ types: [] });
    const made = [...condition, op.if, op.empty, ...inside(), op.end];
    this.#labels.pop();
    return made;
  }

  /** All its labels take nothing along. */
  #branchTable(): number[] {
    const empty = this.#labels.map((_, at) => at).filter((at) =>
      this.#labels[this.#labels.length - 1 - at]?.types.length === 0
    );
    const pick = () => u32(empty[this.#draw(empty.length)] ?? 0);
    const count = this.#draw(4);
    const targets = Array.from({ length: count + 1 }, pick).flat();
    return [...this.#value(i32, 1), op.brTable, ...u32(count), ...targets];
  }

  /** Sizes and places are mostly small: some trap. */
  #bulk(): number[] {
    const place = () => [op.i32Const, ...s64(this.#draw(30) === 0 ? -1 : this.#draw(500))];
    const size = (most: number) => [
      op.i32Const,
      ...s64(this.#draw(30) === 0 ? -this.#draw(99) : this.#draw(most)),
    ];
    switch (this.#draw(7)) {
      case 0:
        return [...place(), ...place(), ...size(300), op.bulk, 10, 0, 0];
      case 1:
        return [...place(), ...place(), ...size(300), op.bulk, 11, 0];
      case 2:
        return [...place(), op.i32Const, 0, ...size(8), op.bulk, 8, 0, 0];
      case 3:
        return [
          op.i32Const,
          this.#draw(8),
          op.i32Const,
          this.#draw(8),
          ...size(4),
          op.bulk,
          14,
          0,
          0,
        ];
      case 4:
        return [op.refNull, funcref, ...size(4), op.bulk, 15, 0, op.globalSet, 0];
      case 5:
        return [...size(3), op.memoryGrow, 0, op.globalSet, 0];
      default:
        return [op.i32Const, this.#draw(8), op.refNull, funcref, ...size(2), op.bulk, 17, 0];
    }
  }

  /** Code that leaves one value of that type. */
  #value(type: Type, depth: number): number[] {
    if (depth <= 0 || --this.#left < 0) return this.#leaf(type);
    const pair = () => [...this.#value(type, depth - 1), ...this.#value(type, depth - 1)];
    const pick = this.#draw(10);
    if (pick < 2) return this.#leaf(type);
    if (pick === 2) {
      return this.#block([type], () => [...this.#statements(2), ...this.#value(type, depth - 1)]);
    }
    if (pick === 3) return this.#call(type, depth);
    if (pick === 4) return [...pair(), ...this.#value(i32, depth - 1), op.select];
    if (pick === 5 && type === i32) return [...this.#value(i32, depth - 1), op.i32Eqz];
    if (pick === 6 && type === i32) {
      return [...this.#value(i32, depth - 1), op.i32Const, 63, 0x71, 0x28, 2, 0];
    }
    if (pick === 7) {
      return [...this.#value(type === i32 ? i64 : i32, depth - 1), type === i32 ? 0xa7 : 0xac];
    }
    // add, sub, mul, div_s (traps), and, or, xor, shl
    const operators = [0, 1, 2, this.#draw(4) === 0 ? 3 : 0, 7, 8, 9, 10];
    const operator = operators[this.#draw(operators.length)] ?? 0;
    return [...pair(), (type === i32 ? 0x6a : 0x7c) + operator];
  }

  #leaf(type: Type): number[] {
    const locals = [...this.#params, ...this.#locals].flatMap((local, at) =>
      local === type ? [at] : []
    );
    if (locals.length > 0 && this.#draw(3) > 0) {
      return [op.localGet, ...u32(locals[this.#draw(locals.length)] ?? 0)];
    }
    if (this.#draw(4) === 0) return [op.globalGet, type === i32 ? 0 : 1];
    return [type === i32 ? op.i32Const : op.i64Const, ...s64(this.#draw(200) - 100)];
  }

  /** Of another function, directly or through the table, one level less deep; or a constant. */
  #call(type: Type, depth: number): number[] {
    const target = this.#draw(functionCount);
    const typeIndex = this.#typeOf[target] ?? 0;
    const [params, results] = functionTypes[typeIndex] ?? [[], []];
    this.#labels.push({ types: [] });
    const rest = params.slice(1).flatMap((param) => this.#value(param, depth - 1));
    this.#labels.pop();
    const callee = this.#draw(3) === 0
      // Entry 6 and 7 are empty, and a table.copy may have moved the others: some calls trap.
      ? [op.i32Const, this.#draw(12) === 0 ? 7 : target, op.callIndirect, typeIndex, 0]
      : [op.call, target + 1];
    const drops = [...results].reverse().map((result) => [
      op.localSet,
      ...u32(this.#scratch(result)),
    ]).flat();
    const kept = results.includes(type)
      ? [op.localGet, ...u32(this.#scratch(type))]
      : this.#leaf(type);
    return [
      ...[op.localGet, 0, op.i32Const, 0, 0x4a, op.if, op.empty],
      ...[op.localGet, 0, op.i32Const, 1, op.i32Sub, ...rest, ...callee, ...drops],
      ...[op.end, ...kept],
    ];
  }

  /** A local of that type, made if need be. */
  #scratch(type: Type): number {
    const there = this.#locals.findIndex((local, at) => local === type && !this.#counters.has(at));
    return this.#params.length + (there >= 0 ? there : this.#locals.push(type) - 1);
  }
}

const store = [op.i32Store, 2, 0];
