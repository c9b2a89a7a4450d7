/**
 * Decodes a WebAssembly module, strictly and within bounds. Bodies of functions are only found, not
 * read: see readInstructions().
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { beyondLimit, type ByteRange, ByteReader } from "./byte_reader.ts";
import { type ModuleParts, sectionReaders } from "./decode_sections.ts";
import type { DecodedModule, ModuleSection } from "./decoded_module.ts";
import { moduleLimits } from "./module_limits.ts";
import { quoteName } from "./quote_name.ts";
import { hex, type RefusedFeature, refuseFeature } from "./refuse_feature.ts";

/** Where each section stands in a module: data count (12) comes before code (10). */
const sectionOrder = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10];

const refusedSections: Readonly<Record<number, RefusedFeature>> = {
  13: "exceptions",
  14: "stringref",
};

/** Object files to be linked, libraries to be loaded, and advice to the compiler. */
const refusedCustom = /^(?:dylink(?:\.0)?|linking|reloc\..*|metadata\.code\..*|compilationHints)$/;

/**
 * WebAssembly 2.0 (MVP with mutable globals, sign extension, saturating conversions, bulk memory,
 * multiple values, reference types and 128-bit SIMD), and nothing after it.
 *
 * @throws {CheckFailure} `invalid_module`, `feature_refused` or `limit_exceeded`, with the byte.
 * Takes time and memory in proportion to the bytes.
 */
export function decodeModule(bytes: Uint8Array): DecodedModule {
  const reader = new ByteReader(bytes);
  readHeader(reader);
  const parts = emptyParts();
  const sections: ModuleSection[] = [];
  let lastOrder = 0;
  let customs = 0;
  while (!reader.isAtEnd) {
    const section = readSection(reader);
    sections.push(section);
    if (section.id === 0) {
      if (++customs > moduleLimits.customSections) {
        const { customSections } = moduleLimits;
        throw beyondLimit("custom sections", customs, customSections, section.range.start);
      }
      continue;
    }
    const order = sectionOrder[section.id] ?? 0;
    if (order <= lastOrder) throw badSection(section, "a section twice or out of order");
    lastOrder = order;
    readContent(bytes, section, parts);
  }
  agree(parts, bytes.length);
  return { bytes, sections, ...parts };
}

function emptyParts(): ModuleParts {
  return {
    types: [],
    imports: [],
    functionTypes: [],
    importedFunctions: 0,
    tables: [],
    importedTables: 0,
    memories: [],
    importedMemories: 0,
    globalTypes: [],
    importedGlobals: 0,
    globals: [],
    exports: [],
    start: null,
    elements: [],
    dataCount: null,
    code: [],
    data: [],
  };
}

function readHeader(reader: ByteReader): void {
  const wanted = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  for (const [at, byte] of wanted.entries()) {
    if (reader.readByte("header") === byte) continue;
    const message = at < 4
      ? "header: got something else, wanted the four bytes \\0asm"
      : "version: got another one (a component?), wanted 1: a core module";
    throw new CheckFailure("invalid_module", message, at);
  }
}

function readSection(reader: ByteReader): ModuleSection {
  const start = reader.at;
  const id = reader.readByte("section");
  if (id > 12) throw refuseFeature(refusedSections[id] ?? "unknown", `section ${id}`, start);
  const size = reader.readU32("size of a section");
  const content = reader.skip(size, `section ${id}`);
  const range: ByteRange = { start, end: content.end };
  if (id !== 0) return { id, name: null, range, content };
  const inner = new ByteReader(reader.bytes, content.start, content.end);
  const name = inner.readName("name of a custom section", moduleLimits.nameBytes);
  if (refusedCustom.test(name)) throw refuseFeature("linking", `section ${quoteName(name)}`, start);
  return { id, name, range, content };
}

function readContent(bytes: Uint8Array, section: ModuleSection, parts: ModuleParts): void {
  const inner = new ByteReader(bytes, section.content.start, section.content.end);
  sectionReaders[section.id]?.(inner, parts);
  if (!inner.isAtEnd) {
    const surplus = section.content.end - inner.at;
    throw badSection(section, `${surplus} bytes more than its contents (at ${hex(inner.at)})`);
  }
}

function badSection(section: ModuleSection, got: string): CheckFailure {
  return new CheckFailure(
    "invalid_module",
    `section ${section.id}: got ${got}`,
    section.range.start,
  );
}

/** Counts that two sections give must be the same. */
function agree(parts: ModuleParts, end: number): void {
  const defined = parts.functionTypes.length - parts.importedFunctions;
  const rules: readonly (readonly [string, number, number])[] = [
    ["functions with a body", parts.code.length, defined],
    ["data segments", parts.data.length, parts.dataCount ?? parts.data.length],
  ];
  for (const [what, got, wanted] of rules) {
    if (got === wanted) continue;
    const message = `${what}: got ${got}, wanted the ${wanted} that were announced`;
    throw new CheckFailure("invalid_module", message, end);
  }
}
