/**
 * What a WebAssembly module says, with the bytes each part stands in: whoever rewrites it copies
 * the ranges it does not change. Counts and indexes of the module itself agree with one another;
 * types of instructions are not looked at here (WebAssembly.validate does that).
 *
 * @module
 */
import type { ByteRange } from "./byte_reader.ts";

/** As the binary format writes them. */
export const valueTypes = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
} as const;
export type ValueTypeName = keyof typeof valueTypes;
export type ValueType = typeof valueTypes[ValueTypeName];
export type ReferenceType = typeof valueTypes.funcref | typeof valueTypes.externref;

/** In the order of the format's numbers: 0 to 3. */
export const externKinds = ["function", "table", "memory", "global"] as const;
export type ExternKind = typeof externKinds[number];

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** From its 0x60. */
  readonly range: ByteRange;
}

/** Sizes of a memory in pages of 64 KiB, or of a table in entries. */
export interface SizeLimits {
  readonly minimum: number;
  readonly maximum: number | null;
  /** From the flag that says whether there is a maximum. */
  readonly range: ByteRange;
}

export interface TableType {
  readonly element: ReferenceType;
  readonly limits: SizeLimits;
  readonly range: ByteRange;
}

export interface MemoryType {
  readonly limits: SizeLimits;
  readonly range: ByteRange;
}

export interface GlobalType {
  readonly type: ValueType;
  readonly isMutable: boolean;
  readonly range: ByteRange;
}

export type ImportedThing =
  | { readonly kind: "function"; readonly typeIndex: number }
  | { readonly kind: "table"; readonly table: TableType }
  | { readonly kind: "memory"; readonly memory: MemoryType }
  | { readonly kind: "global"; readonly global: GlobalType };

export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly thing: ImportedThing;
  /** From the length of the module's name. */
  readonly range: ByteRange;
}

/** One instruction and its `end`. */
export interface ConstantExpression {
  readonly opcode: number;
  /** Of `i32.const` the value, of `global.get` and `ref.func` the index; else 0. */
  readonly operand: number;
  /** With the `end`. */
  readonly range: ByteRange;
}

export interface DefinedGlobal {
  readonly type: GlobalType;
  readonly initial: ConstantExpression;
  readonly range: ByteRange;
}

export interface ModuleExport {
  readonly name: string;
  readonly kind: ExternKind;
  /** Counts imports first. */
  readonly index: number;
  readonly range: ByteRange;
}

export interface ElementSegment {
  readonly mode: "active" | "passive" | "declarative";
  /** Of an active one; else 0 and null. */
  readonly table: number;
  readonly offset: ConstantExpression | null;
  readonly element: ReferenceType;
  readonly count: number;
  /** From its flags. */
  readonly range: ByteRange;
}

export interface DataSegment {
  readonly mode: "active" | "passive";
  readonly offset: ConstantExpression | null;
  /** The data alone. */
  readonly content: ByteRange;
  readonly range: ByteRange;
}

export interface LocalRun {
  readonly count: number;
  readonly type: ValueType;
}

export interface CodeBody {
  /** As declared, runs of 0 among them. */
  readonly locals: readonly LocalRun[];
  /** Declared locals, without parameters. */
  readonly localCount: number;
  /** From the count of runs. */
  readonly localsRange: ByteRange;
  /** With the `end` of the function. */
  readonly instructions: ByteRange;
  /** From the size before it. */
  readonly range: ByteRange;
}

export interface ModuleSection {
  /** 0 to 12 of the specification. */
  readonly id: number;
  /** Of a custom one; else null. */
  readonly name: string | null;
  /** From its id. */
  readonly range: ByteRange;
  /** After id and size; of a custom one with its name. */
  readonly content: ByteRange;
}

export interface DecodedModule {
  /** The very bytes, not a copy. */
  readonly bytes: Uint8Array;
  /** In the order of the module, custom ones among them. */
  readonly sections: readonly ModuleSection[];
  readonly types: readonly FunctionType[];
  readonly imports: readonly ModuleImport[];
  /** Type of each function, imported ones first: the index space of `call` and of exports. */
  readonly functionTypes: readonly number[];
  readonly importedFunctions: number;
  /** Index spaces, imported ones first. */
  readonly tables: readonly TableType[];
  readonly importedTables: number;
  readonly memories: readonly MemoryType[];
  readonly importedMemories: number;
  readonly globalTypes: readonly GlobalType[];
  readonly importedGlobals: number;
  /** Defined ones only. */
  readonly globals: readonly DefinedGlobal[];
  readonly exports: readonly ModuleExport[];
  /** Index of a function; null: none. */
  readonly start: number | null;
  readonly elements: readonly ElementSegment[];
  /** What the data count section says; null: there is none. */
  readonly dataCount: number | null;
  /** One for each defined function. */
  readonly code: readonly CodeBody[];
  readonly data: readonly DataSegment[];
}
