/**
 * Reads types of values, functions, tables, memories and globals, as section 5.3 of the
 * specification writes them.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { ByteReader } from "./byte_reader.ts";
import type {
  FunctionType,
  GlobalType,
  MemoryType,
  ReferenceType,
  SizeLimits,
  TableType,
  ValueType,
} from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { hex, type RefusedFeature, refuseFeature } from "./refuse_feature.ts";

const refusedTypes: Readonly<Record<number, RefusedFeature>> = {
  0x63: "functionReferences",
  0x64: "functionReferences",
  0x61: "stringref",
  0x62: "stringref",
  0x66: "stringref",
  0x67: "stringref",
  0x68: "stackSwitching",
  0x75: "stackSwitching",
  0x69: "exceptions",
  0x74: "exceptions",
  0x6a: "gc",
  0x6b: "gc",
  0x6c: "gc",
  0x6d: "gc",
  0x6e: "gc",
  0x71: "gc",
  0x72: "gc",
  0x73: "gc",
  // Forms a type definition may have besides 0x60.
  0x4e: "gc",
  0x4f: "gc",
  0x50: "gc",
  0x5d: "stackSwitching",
  0x5e: "gc",
  0x5f: "gc",
};

/** Why a byte where a type belongs is none that is allowed. */
function refuseType(byte: number, what: string, offset: number): CheckFailure {
  return refuseFeature(refusedTypes[byte] ?? "unknown", `${what} ${hex(byte)}`, offset);
}

export function isValueType(byte: number): byte is ValueType {
  return (byte >= 0x7b && byte <= 0x7f) || byte === 0x70 || byte === 0x6f;
}

export function readValueType(reader: ByteReader, what: string): ValueType {
  const byte = reader.readByte(what);
  if (!isValueType(byte)) throw refuseType(byte, what, reader.at - 1);
  return byte;
}

export function readReferenceType(reader: ByteReader, what: string): ReferenceType {
  const byte = reader.readByte(what);
  if (byte === 0x70 || byte === 0x6f) return byte;
  if (isValueType(byte)) {
    const message = `${what}: got ${hex(byte)}, wanted funcref or externref`;
    throw new CheckFailure("invalid_module", message, reader.at - 1);
  }
  throw refuseType(byte, what, reader.at - 1);
}

export function readFunctionType(reader: ByteReader): FunctionType {
  const start = reader.at;
  const form = reader.readByte("form of a type");
  if (form !== 0x60) throw refuseType(form, "form of a type", start);
  const params = readValueTypes(reader, "parameters of a type");
  const results = readValueTypes(reader, "results of a type");
  return { params, results, range: { start, end: reader.at } };
}

export function readValueTypes(reader: ByteReader, what: string): readonly ValueType[] {
  const types: ValueType[] = [];
  for (let left = reader.readCount(what, moduleLimits.typeValues); left > 0; left--) {
    types.push(readValueType(reader, what));
  }
  return types;
}

function readSizeLimits(reader: ByteReader, what: string): SizeLimits {
  const start = reader.at;
  const flags = reader.readByte(`limits of ${what}`);
  if (flags > 1) throw refuseLimits(flags, what, start);
  const minimum = reader.readU32(`minimum of ${what}`);
  const maximum = flags === 1 ? reader.readU32(`maximum of ${what}`) : null;
  return { minimum, maximum, range: { start, end: reader.at } };
}

function refuseLimits(flags: number, what: string, offset: number): CheckFailure {
  if (flags > 0x0f) return refuseFeature("unknown", `limits of ${what} ${hex(flags)}`, offset);
  if ((flags & 4) !== 0) return refuseFeature("memory64", `limits of ${what}`, offset);
  if ((flags & 2) !== 0) return refuseFeature("threads", `limits of ${what}`, offset);
  return refuseFeature("pageSizes", `limits of ${what}`, offset);
}

export function readTableType(reader: ByteReader): TableType {
  const start = reader.at;
  // A table with an initial value begins like this; no reference type does.
  if (reader.bytes[start] === 0x40) throw refuseFeature("functionReferences", "table", start);
  const element = readReferenceType(reader, "type of a table");
  const limits = readSizeLimits(reader, "a table");
  return { element, limits, range: { start, end: reader.at } };
}

export function readMemoryType(reader: ByteReader): MemoryType {
  const limits = readSizeLimits(reader, "a memory");
  return { limits, range: limits.range };
}

export function readGlobalType(reader: ByteReader): GlobalType {
  const start = reader.at;
  const type = readValueType(reader, "type of a global");
  const mutability = reader.readByte("mutability of a global");
  if (mutability > 1) {
    if (mutability <= 3) throw refuseFeature("threads", "mutability of a global", reader.at - 1);
    const message = `mutability of a global: got ${hex(mutability)}, wanted 0 or 1`;
    throw new CheckFailure("invalid_module", message, reader.at - 1);
  }
  return { type, isMutable: mutability === 1, range: { start, end: reader.at } };
}
