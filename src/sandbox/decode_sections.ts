/**
 * Reads what is in each section into the parts of a module.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { beyondLimit, type ByteReader } from "./byte_reader.ts";
import { readConstant } from "./decode_constant.ts";
import { readCodeBody, readDataSegment, readElementSegment } from "./decode_segments.ts";
import { readFunctionType, readGlobalType, readMemoryType, readTableType } from "./decode_types.ts";
import {
  type CodeBody,
  type DataSegment,
  type DecodedModule,
  type DefinedGlobal,
  type ElementSegment,
  type ExternKind,
  externKinds,
  type FunctionType,
  type GlobalType,
  type ImportedThing,
  type MemoryType,
  type ModuleExport,
  type ModuleImport,
  type TableType,
} from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { quoteName } from "./quote_name.ts";
import { hex, refuseFeature } from "./refuse_feature.ts";

/** A module being read: DecodedModule without what is known at once. */
export type ModuleParts =
  & {
    -readonly [Part in keyof Omit<DecodedModule, "bytes" | "sections">]: DecodedModule[Part];
  }
  & {
    types: FunctionType[];
    imports: ModuleImport[];
    functionTypes: number[];
    tables: TableType[];
    memories: MemoryType[];
    globalTypes: GlobalType[];
    globals: DefinedGlobal[];
    exports: ModuleExport[];
    elements: ElementSegment[];
    code: CodeBody[];
    data: DataSegment[];
  };

type SectionReader = (reader: ByteReader, parts: ModuleParts) => void;

/** By id: 0 is no section of its own. */
export const sectionReaders: readonly (SectionReader | undefined)[] = [
  undefined,
  readTypes,
  readImports,
  readFunctions,
  readTables,
  readMemories,
  readGlobals,
  readExports,
  readStart,
  readElements,
  readCode,
  readData,
  (reader, parts) => {
    parts.dataCount = reader.readU32("data count");
  },
];

function readTypes(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readCount("types", moduleLimits.types); left > 0; left--) {
    parts.types.push(readFunctionType(reader));
  }
}

function readImports(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readCount("imports", moduleLimits.imports); left > 0; left--) {
    const start = reader.at;
    const module = reader.readName("module of an import", moduleLimits.nameBytes);
    const name = reader.readName("name of an import", moduleLimits.nameBytes);
    const thing = readImportedThing(reader, parts);
    parts.imports.push({ module, name, thing, range: { start, end: reader.at } });
  }
  parts.importedFunctions = parts.functionTypes.length;
  parts.importedTables = parts.tables.length;
  parts.importedMemories = parts.memories.length;
  parts.importedGlobals = parts.globalTypes.length;
}

function readImportedThing(reader: ByteReader, parts: ModuleParts): ImportedThing {
  const at = reader.at;
  const kind = readKind(reader, "kind of an import");
  switch (kind) {
    case "function":
      return { kind, typeIndex: addFunction(reader, parts) };
    case "table":
      return { kind, table: addTable(reader, parts) };
    case "memory":
      return { kind, memory: addMemory(reader, parts, at) };
    case "global": {
      const global = readGlobalType(reader);
      parts.globalTypes.push(global);
      return { kind, global };
    }
  }
}

function readKind(reader: ByteReader, what: string): ExternKind {
  const byte = reader.readByte(what);
  const kind = externKinds[byte];
  if (kind !== undefined) return kind;
  const feature = byte === 4 ? "exceptions" : "unknown";
  throw refuseFeature(feature, `${what} ${hex(byte)}`, reader.at - 1);
}

function addFunction(reader: ByteReader, parts: ModuleParts): number {
  const at = reader.at;
  const typeIndex = reader.readU32("type of a function");
  checkIndex("type of a function", typeIndex, parts.types.length, at);
  parts.functionTypes.push(typeIndex);
  return typeIndex;
}

function readFunctions(reader: ByteReader, parts: ModuleParts): void {
  const wanted = moduleLimits.functions - parts.functionTypes.length;
  for (let left = reader.readCount("functions", wanted); left > 0; left--) {
    addFunction(reader, parts);
  }
}

function addTable(reader: ByteReader, parts: ModuleParts): TableType {
  const table = readTableType(reader);
  parts.tables.push(table);
  return table;
}

/** How many there may be is the gate's to say; this many are kept to say it. */
function readTables(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readCount("tables", moduleLimits.imports); left > 0; left--) {
    addTable(reader, parts);
  }
}

function addMemory(reader: ByteReader, parts: ModuleParts, at: number): MemoryType {
  if (parts.memories.length > 0) throw refuseFeature("multiMemory", "memories", at);
  const memory = readMemoryType(reader);
  parts.memories.push(memory);
  return memory;
}

function readMemories(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readU32("count of memories"); left > 0; left--) {
    addMemory(reader, parts, reader.at);
  }
}

function readGlobals(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readCount("globals", moduleLimits.globals); left > 0; left--) {
    const start = reader.at;
    const type = readGlobalType(reader);
    const initial = readConstant(reader, "initial value of a global");
    if (initial.opcode === 0x23 && initial.operand >= parts.importedGlobals) {
      throw refuseFeature("gc", "a global that begins as a defined one", initial.range.start);
    }
    parts.globalTypes.push(type);
    parts.globals.push({ type, initial, range: { start, end: reader.at } });
  }
}

function readExports(reader: ByteReader, parts: ModuleParts): void {
  const seen = new Set<string>();
  for (let left = reader.readCount("exports", moduleLimits.exports); left > 0; left--) {
    const start = reader.at;
    const name = reader.readName("name of an export", moduleLimits.nameBytes);
    if (seen.has(name)) {
      const message = `export ${quoteName(name)}: got it twice, wanted it once`;
      throw new CheckFailure("invalid_module", message, start);
    }
    seen.add(name);
    const kind = readKind(reader, "kind of an export");
    const at = reader.at;
    const index = reader.readU32("index of an export");
    checkIndex(`${kind} of an export`, index, countOf(kind, parts), at);
    parts.exports.push({ name, kind, index, range: { start, end: reader.at } });
  }
}

function countOf(kind: ExternKind, parts: ModuleParts): number {
  switch (kind) {
    case "function":
      return parts.functionTypes.length;
    case "table":
      return parts.tables.length;
    case "memory":
      return parts.memories.length;
    case "global":
      return parts.globalTypes.length;
  }
}

function readStart(reader: ByteReader, parts: ModuleParts): void {
  const at = reader.at;
  parts.start = reader.readU32("start function");
  checkIndex("start function", parts.start, parts.functionTypes.length, at);
}

function readElements(reader: ByteReader, parts: ModuleParts): void {
  const { elementEntries, elementSegments } = moduleLimits;
  let entries = 0;
  for (let left = reader.readCount("element segments", elementSegments); left > 0; left--) {
    const segment = readElementSegment(reader);
    entries += segment.count;
    if (entries > elementEntries) {
      const { start } = segment.range;
      throw beyondLimit("entries of element segments", entries, elementEntries, start);
    }
    if (segment.mode === "active") {
      const { start } = segment.range;
      checkIndex("table of an element segment", segment.table, parts.tables.length, start);
    }
    parts.elements.push(segment);
  }
}

function readCode(reader: ByteReader, parts: ModuleParts): void {
  const at = reader.at;
  const defined = parts.functionTypes.length - parts.importedFunctions;
  const count = reader.readCount("functions with a body", moduleLimits.functions);
  if (count !== defined) {
    const message = `functions with a body: got ${count}, wanted the ${defined} announced`;
    throw new CheckFailure("invalid_module", message, at);
  }
  for (let index = parts.importedFunctions; index < parts.functionTypes.length; index++) {
    const type = parts.types[parts.functionTypes[index] ?? 0];
    parts.code.push(readCodeBody(reader, type?.params.length ?? 0));
  }
}

function readData(reader: ByteReader, parts: ModuleParts): void {
  for (let left = reader.readCount("data segments", moduleLimits.dataSegments); left > 0; left--) {
    const segment = readDataSegment(reader);
    if (segment.mode === "active" && parts.memories.length === 0) {
      const message = "data segment: got no memory to go to";
      throw new CheckFailure("invalid_module", message, segment.range.start);
    }
    parts.data.push(segment);
  }
}

function checkIndex(what: string, index: number, count: number, offset: number): void {
  if (index < count) return;
  const message = `${what}: got index ${index}, wanted one of ${count}`;
  throw new CheckFailure("invalid_module", message, offset);
}
