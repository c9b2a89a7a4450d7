/**
 * Puts WebAssembly modules together byte by byte, right ones and wrong ones alike: nothing is
 * checked, and every part can be given as raw bytes.
 */
export type Bytes = readonly number[] | Uint8Array;

export const i32 = 0x7f;
export const i64 = 0x7e;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const v128 = 0x7b;
export const funcref = 0x70;
export const externref = 0x6f;

/** Opcodes tests write most. */
export const op = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load8U: 0x2d,
  i32Store: 0x36,
  i32Store8: 0x3a,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  refNull: 0xd0,
  bulk: 0xfc,
  vector: 0xfd,
  empty: 0x40,
} as const;

/** Unsigned LEB128; `width` pads it to that many bytes. */
export function u32(value: number, width = 1): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 || bytes.length + 1 < width ? low + 0x80 : low);
  } while (left > 0 || bytes.length < width);
  return bytes;
}

/** Signed LEB128, for i32.const, i64.const and block types. */
export function s64(value: number | bigint): number[] {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (;;) {
    const low = Number(left & 0x7fn);
    left >>= 7n;
    if ((left === 0n && low < 0x40) || (left === -1n && low >= 0x40)) return [...bytes, low];
    bytes.push(low + 0x80);
  }
}

export function concat(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Count and items. */
export function list(items: readonly Bytes[]): Uint8Array {
  return concat([u32(items.length), ...items]);
}

/** Length and UTF-8. */
export function name(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat([u32(bytes.length), bytes]);
}

export function section(id: number, content: Bytes): Uint8Array {
  return concat([[id], u32(content.length), content]);
}

export function custom(title: string, content: Bytes = []): Uint8Array {
  return section(0, concat([name(title), content]));
}

/** Header and sections as given. */
export function rawModule(...sections: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return concat([[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], ...sections]);
}

export function functionType(params: Bytes, results: Bytes): Uint8Array {
  return concat([[0x60], u32(params.length), params, u32(results.length), results]);
}

export function limits(minimum: number, maximum?: number): number[] {
  return maximum === undefined ? [0, ...u32(minimum)] : [1, ...u32(minimum), ...u32(maximum)];
}

/** `i32.const value; end`. */
export function offsetOf(value: number): number[] {
  return [op.i32Const, ...s64(value), op.end];
}

/** Locals in runs and instructions; `end` is added. */
export function functionBody(
  instructions: Bytes,
  locals: readonly (readonly [count: number, type: number])[] = [],
): Uint8Array {
  const runs = list(locals.map(([count, type]) => [...u32(count), type]));
  const size = runs.length + instructions.length + 1;
  return concat([u32(size), runs, instructions, [op.end]]);
}

export type WasmImport = readonly [module: string, name: string, thing: Bytes];
export const importThing = {
  function: (type: number): number[] => [0, ...u32(type)],
  table: (element: number, bounds: Bytes): number[] => [1, element, ...bounds],
  memory: (bounds: Bytes): number[] => [2, ...bounds],
  global: (type: number, isMutable: boolean): number[] => [3, type, isMutable ? 1 : 0],
};
export const exportKinds = { function: 0, table: 1, memory: 2, global: 3 } as const;

export interface WasmParts {
  readonly types?: readonly (readonly [params: Bytes, results: Bytes])[];
  readonly imports?: readonly WasmImport[];
  readonly functions?: readonly {
    readonly type: number;
    readonly locals?: readonly (readonly [count: number, type: number])[];
    /** Without the last `end`. */
    readonly body: Bytes;
  }[];
  /** Raw: element type and limits. */
  readonly tables?: readonly Bytes[];
  /** Raw: limits. */
  readonly memories?: readonly Bytes[];
  /** Raw: type, mutability, expression with `end`. */
  readonly globals?: readonly Bytes[];
  readonly exports?: readonly (readonly [string, keyof typeof exportKinds, number])[];
  readonly start?: number;
  /** Raw: from the flags. */
  readonly elements?: readonly Bytes[];
  readonly dataCount?: number;
  readonly data?: readonly Bytes[];
  readonly customs?: readonly (readonly [string, Bytes])[];
}

/** Active, at a constant offset of table 0 or memory 0. */
export function activeElements(offset: number, functions: readonly number[]): Uint8Array {
  return concat([[0], offsetOf(offset), list(functions.map((index) => u32(index)))]);
}
export function activeData(offset: number, content: Bytes): Uint8Array {
  return concat([[0], offsetOf(offset), u32(content.length), content]);
}
export function passiveData(content: Bytes): Uint8Array {
  return concat([[1], u32(content.length), content]);
}

/** Sections in their order, those that are given. */
export function buildWasm(parts: WasmParts): Uint8Array<ArrayBuffer> {
  const { functions = [] } = parts;
  const sections: Uint8Array[] = [];
  const add = (id: number, items: readonly Bytes[] | undefined): void => {
    if (items !== undefined && items.length > 0) sections.push(section(id, list(items)));
  };
  add(1, parts.types?.map(([params, results]) => functionType(params, results)));
  add(
    2,
    parts.imports?.map(([module, field, thing]) => concat([name(module), name(field), thing])),
  );
  add(3, functions.map(({ type }) => u32(type)));
  add(4, parts.tables);
  add(5, parts.memories);
  add(6, parts.globals);
  add(
    7,
    parts.exports?.map(([field, kind, index]) =>
      concat([name(field), [exportKinds[kind]], u32(index)])
    ),
  );
  if (parts.start !== undefined) sections.push(section(8, u32(parts.start)));
  add(9, parts.elements);
  if (parts.dataCount !== undefined) sections.push(section(12, u32(parts.dataCount)));
  add(10, functions.map(({ body, locals }) => functionBody(body, locals)));
  add(11, parts.data);
  for (const [title, content] of parts.customs ?? []) sections.push(custom(title, content));
  return rawModule(...sections);
}

/** Many times the same bytes: cheap for long bodies. */
export function repeat(part: Bytes, times: number): Uint8Array {
  const all = new Uint8Array(part.length * times);
  for (let at = 0; at < times; at++) all.set(part, at * part.length);
  return all;
}
