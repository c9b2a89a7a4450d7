/**
 * Reads the instructions of a function one after the other.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { beyondLimit, ByteReader } from "./byte_reader.ts";
import { isValueType, readReferenceType, readValueTypes } from "./decode_types.ts";
import type { ValueType } from "./decoded_module.ts";
import {
  bulkShapes,
  featureOf,
  lanesOf,
  plainShapes,
  shapes,
  vectorShapes,
} from "./instruction_shapes.ts";
import { moduleLimits } from "./module_limits.ts";
import { hex, refuseFeature } from "./refuse_feature.ts";

/** Of `blockType`: nothing in, nothing out. */
export const emptyBlockType = -0x40;

/**
 * One instruction. The object is the same one for every visit: keep values, not it. A member that
 * an instruction does not have is left over from an earlier one.
 */
export interface Instruction {
  /** The byte; after a prefix `0xfc00 + code` or `0xfd00 + code`, code being at most 0xff. */
  opcode: number;
  /** From its first byte to the one after its immediates. */
  offset: number;
  end: number;
  /** Blocks open around it, the function being the first: 1 outside of all blocks. */
  nesting: number;
  /**
   * Of `br`, `br_if` the label; of locals, globals, `call`, `ref.func` their index; of
   * `call_indirect` the type; of table instructions the table, of `table.init` the element segment,
   * of `table.copy` the table copied to; of data instructions the segment.
   */
  index: number;
  /** Of `call_indirect`, `table.init` the table; of `table.copy` the table copied from. */
  second: number;
  /** Index of a type, or `emptyBlockType`, or the one result's type minus 0x80 (negative). */
  blockType: number;
  /** Labels of `br_table`, the default last. */
  targets: readonly number[];
  /** Of loads and stores: the power of two, and the constant offset. */
  alignment: number;
  memoryOffset: number;
  /** Of `select` with types, and of `ref.null` (one). */
  types: readonly ValueType[];
  /** Of the vector instructions that have one. */
  lane: number;
}

/**
 * Calls `visit` for each instruction from `start` to `end`, its `end` included, and throws where
 * they are not of WebAssembly 2.0, not whole, not nested, or too many in one another. Does not know
 * types: bytes that V8 refuses can pass here.
 *
 * @throws {CheckFailure} `invalid_module`, `feature_refused`, `limit_exceeded`, with the byte.
 */
export function readInstructions(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number },
  visit: (instruction: Readonly<Instruction>) => void,
): void {
  const reader = new ByteReader(bytes, range.start, range.end);
  const one = blankInstruction();
  let nesting = 1;
  while (nesting > 0) {
    one.offset = reader.at;
    one.nesting = nesting;
    const shape = readOpcode(reader, one);
    if (shape !== shapes.plain) readImmediates(reader, one, shape);
    if (shape === shapes.block) nesting = openBlock(nesting, one.offset);
    else if (shape === shapes.end) nesting--;
    one.end = reader.at;
    visit(one);
  }
  if (!reader.isAtEnd) {
    const message = "function: got bytes after its end";
    throw new CheckFailure("invalid_module", message, reader.at);
  }
}

function blankInstruction(): Instruction {
  return {
    opcode: 0,
    offset: 0,
    end: 0,
    nesting: 0,
    index: 0,
    second: 0,
    blockType: 0,
    targets: [],
    alignment: 0,
    memoryOffset: 0,
    types: [],
    lane: 0,
  };
}

function openBlock(nesting: number, offset: number): number {
  if (nesting >= moduleLimits.nesting) {
    throw beyondLimit("blocks in one another", nesting + 1, moduleLimits.nesting, offset);
  }
  return nesting + 1;
}

/** @returns The shape of what follows. */
function readOpcode(reader: ByteReader, one: Instruction): number {
  const byte = reader.readByte("instruction");
  const shape = plainShapes[byte] ?? shapes.refused;
  one.opcode = byte;
  return shape === shapes.refused ? readPrefixed(reader, one) : shape;
}

function readPrefixed(reader: ByteReader, one: Instruction): number {
  const byte = one.opcode;
  const isPrefix = byte === 0xfc || byte === 0xfd || byte === 0xfb || byte === 0xfe;
  const code = isPrefix ? reader.readU32("instruction after a prefix") : 0;
  const table = byte === 0xfc ? bulkShapes : byte === 0xfd ? vectorShapes : undefined;
  const shape = table?.[code] ?? shapes.refused;
  if (shape === shapes.refused) {
    const name = isPrefix ? `${hex(byte)} ${hex(code)}` : hex(byte);
    throw refuseFeature(featureOf(byte, code), `instruction ${name}`, one.offset);
  }
  one.opcode = byte << 8 | code;
  return shape;
}

function readImmediates(reader: ByteReader, one: Instruction, shape: number): void {
  switch (shape) {
    case shapes.index:
      one.index = reader.readU32("index");
      return;
    case shapes.i32:
      reader.readSigned("i32.const", 32);
      return;
    case shapes.memory:
      readMemoryArgument(reader, one);
      return;
    case shapes.block:
      one.blockType = readBlockType(reader);
      return;
    case shapes.label:
      one.index = readLabel(reader, one.nesting);
      return;
    case shapes.i64:
      reader.readSigned("i64.const", 64);
      return;
    case shapes.labelTable:
      one.targets = readLabels(reader, one.nesting);
      return;
    case shapes.twoIndexes:
      one.index = reader.readU32("index");
      one.second = reader.readU32("index");
      return;
    default:
      readRarerImmediates(reader, one, shape);
  }
}

function readRarerImmediates(reader: ByteReader, one: Instruction, shape: number): void {
  switch (shape) {
    case shapes.onlyMemory:
      readOnlyMemory(reader);
      return;
    case shapes.twoMemories:
      readOnlyMemory(reader);
      readOnlyMemory(reader);
      return;
    case shapes.dataAndMemory:
      one.index = reader.readU32("index");
      readOnlyMemory(reader);
      return;
    case shapes.bytes4:
      reader.skip(4, "f32.const");
      return;
    case shapes.bytes8:
      reader.skip(8, "f64.const");
      return;
    case shapes.bytes16:
      reader.skip(16, "v128.const");
      return;
    case shapes.shuffle:
      for (let lane = 0; lane < 16; lane++) readLane(reader, 32);
      return;
    case shapes.lane:
      one.lane = readLane(reader, lanesOf(one.opcode & 0xff));
      return;
    case shapes.memoryLane:
      readMemoryArgument(reader, one);
      one.lane = readLane(reader, lanesOf(one.opcode & 0xff));
      return;
    case shapes.selectTypes:
      one.types = readSelectTypes(reader);
      return;
    case shapes.referenceType:
      one.types = [readReferenceType(reader, "ref.null")];
      return;
  }
}

/** A list, for a future in which there is more than one. */
function readSelectTypes(reader: ByteReader): readonly ValueType[] {
  const at = reader.at;
  const types = readValueTypes(reader, "types of select");
  if (types.length === 1) return types;
  const message = `types of select: got ${types.length}, wanted 1`;
  throw new CheckFailure("invalid_module", message, at);
}

/** Bit 6 of the alignment announces the index of a memory. */
function readMemoryArgument(reader: ByteReader, one: Instruction): void {
  const alignment = reader.readU32("alignment");
  if (alignment >= 0x20) {
    if (alignment >= 0x40 && alignment < 0x80) {
      throw refuseFeature("multiMemory", "instruction", one.offset);
    }
    const message = `alignment: got 2 to the ${alignment}, wanted the width of the access`;
    throw new CheckFailure("invalid_module", message, one.offset);
  }
  one.alignment = alignment;
  one.memoryOffset = reader.readU32("offset");
}

function readOnlyMemory(reader: ByteReader): void {
  const at = reader.at;
  if (reader.readByte("memory") !== 0) throw refuseFeature("multiMemory", "instruction", at);
}

function readLane(reader: ByteReader, lanes: number): number {
  const lane = reader.readByte("lane");
  if (lane < lanes) return lane;
  const message = `lane: got ${lane}, wanted one of ${lanes}`;
  throw new CheckFailure("invalid_module", message, reader.at - 1);
}

function readBlockType(reader: ByteReader): number {
  const at = reader.at;
  const type = reader.readSigned("type of a block", 33);
  if (type >= 0) return type;
  const isOneByte = reader.at === at + 1;
  if (isOneByte && (type === emptyBlockType || isValueType(type + 0x80))) return type;
  throw refuseFeature("unknown", "type of a block", at);
}

function readLabel(reader: ByteReader, nesting: number): number {
  const at = reader.at;
  const label = reader.readU32("label");
  if (label < nesting) return label;
  const message = `label: got ${label}, wanted one of the ${nesting} blocks around it`;
  throw new CheckFailure("invalid_module", message, at);
}

function readLabels(reader: ByteReader, nesting: number): readonly number[] {
  const count = reader.readCount("targets of br_table", moduleLimits.branchTargets);
  const labels: number[] = [];
  for (let at = 0; at <= count; at++) labels.push(readLabel(reader, nesting));
  return labels;
}
