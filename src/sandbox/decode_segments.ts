/**
 * Reads element segments, data segments and the bodies of functions.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { beyondLimit, type ByteReader } from "./byte_reader.ts";
import { readConstant } from "./decode_constant.ts";
import { readReferenceType, readValueType } from "./decode_types.ts";
import {
  type CodeBody,
  type ConstantExpression,
  type DataSegment,
  type ElementSegment,
  type LocalRun,
  type ReferenceType,
  valueTypes,
} from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { hex, refuseFeature } from "./refuse_feature.ts";

/** Bits of the flags: 1 not active, 2 an index or declarative, 4 expressions instead of indexes. */
export function readElementSegment(reader: ByteReader): ElementSegment {
  const start = reader.at;
  const flags = reader.readU32("flags of an element segment");
  if (flags > 7) {
    throw refuseFeature("unknown", `flags of an element segment ${hex(flags)}`, start);
  }
  const isActive = (flags & 1) === 0;
  const table = isActive && (flags & 2) !== 0 ? reader.readU32("table of an element segment") : 0;
  const offset = isActive ? readConstant(reader, "offset of an element segment") : null;
  const element = (flags & 3) === 0 ? valueTypes.funcref : readElementKind(reader, flags);
  const count = reader.readCount("entries of element segments", moduleLimits.elementEntries);
  for (let left = count; left > 0; left--) {
    if ((flags & 4) === 0) reader.readU32("function of an element segment");
    else readConstant(reader, "entry of an element segment");
  }
  const mode = isActive ? "active" : (flags & 2) === 0 ? "passive" : "declarative";
  return { mode, table, offset, element, count, range: { start, end: reader.at } };
}

function readElementKind(reader: ByteReader, flags: number): ReferenceType {
  if ((flags & 4) !== 0) return readReferenceType(reader, "type of an element segment");
  const kind = reader.readByte("kind of an element segment");
  if (kind === 0) return valueTypes.funcref;
  throw refuseFeature("unknown", `kind of an element segment ${hex(kind)}`, reader.at - 1);
}

export function readDataSegment(reader: ByteReader): DataSegment {
  const start = reader.at;
  const flags = reader.readU32("flags of a data segment");
  if (flags > 2) throw refuseFeature("unknown", `flags of a data segment ${hex(flags)}`, start);
  if (flags === 2) {
    const memoryAt = reader.at;
    const memory = reader.readU32("memory of a data segment");
    if (memory !== 0) throw refuseFeature("multiMemory", "data segment", memoryAt);
  }
  let offset: ConstantExpression | null = null;
  if (flags !== 1) offset = readConstant(reader, "offset of a data segment");
  const length = reader.readU32("length of a data segment");
  const content = reader.skip(length, "data segment");
  const mode = flags === 1 ? "passive" : "active";
  return { mode, offset, content, range: { start, end: reader.at } };
}

/** @param params How many parameters its type has: they count as locals. */
export function readCodeBody(reader: ByteReader, params: number): CodeBody {
  const start = reader.at;
  const size = reader.readU32("size of a function");
  const { bodyBytes } = moduleLimits;
  if (size > bodyBytes) throw beyondLimit("bytes of a function", size, bodyBytes, start);
  const localsStart = reader.at;
  const end = reader.skip(size, "function").end;
  reader.at = localsStart;
  const locals = readLocals(reader, params);
  const localsEnd = reader.at;
  if (localsEnd >= end) {
    throw new CheckFailure("invalid_module", "function: got no instructions in its size", start);
  }
  reader.at = end;
  return {
    locals,
    localCount: locals.reduce((sum, run) => sum + run.count, 0),
    localsRange: { start: localsStart, end: localsEnd },
    instructions: { start: localsEnd, end },
    range: { start, end },
  };
}

function readLocals(reader: ByteReader, params: number): readonly LocalRun[] {
  const start = reader.at;
  const runs: LocalRun[] = [];
  let total = params;
  for (let left = reader.readCount("runs of locals", moduleLimits.locals); left > 0; left--) {
    const count = reader.readU32("count of locals");
    total += count;
    if (total > moduleLimits.locals) {
      throw beyondLimit("locals of a function", total, moduleLimits.locals, start);
    }
    runs.push({ count, type: readValueType(reader, "type of locals") });
  }
  return runs;
}
