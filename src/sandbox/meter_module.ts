/**
 * Rewrites a module so that it pays for what it executes, and cannot grow beyond its limits.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { DecodedModule, SizeLimits } from "./decoded_module.ts";
import { AddedParts } from "./meter/added_parts.ts";
import { ByteWriter } from "./meter/byte_writer.ts";
import { type ClampedSizes, clampSizes, writeSizes } from "./meter/clamp_sizes.ts";
import {
  appendItems,
  type NewSections,
  type Replacement,
  replaceRanges,
  writeModule,
} from "./meter/edit_sections.ts";
import { meterCode } from "./meter/meter_code.ts";
import { depthName, fuelName, meterPrefix } from "./meter/meter_names.ts";
import { type Meters, metersOf } from "./meter/write_charges.ts";
import { moduleLimits } from "./module_limits.ts";

/** CheckLimits has them all but the last. */
export interface MeterLimits {
  /** What the module begins with: all that its start section can spend. */
  readonly startFuel: number;
  readonly callDepth: number;
  readonly memoryPages: number;
  /** Of all tables together; default: moduleLimits.tableEntries. */
  readonly tableEntries?: number;
}

/**
 * The metered module. It exports two globals more (meter_names.ts); everything that needs no change
 * is there byte for byte, in its order and under its index.
 *
 * @throws {CheckFailure} `invalid_module` where the original is not valid or exports a name that is
 *   the meter's, `import_refused` where it imports one, `limit_exceeded` where it begins larger than
 *   it may grow.
 */
export function meterModule(
  decoded: DecodedModule,
  { limits }: { readonly limits: MeterLimits },
): Uint8Array<ArrayBuffer> {
  // SECURITY: an original that refers to one global more than it has would be valid once the fuel
  // is there, and could refill it. The same goes for the functions and types that are added.
  if (!WebAssembly.validate(decoded.bytes as Uint8Array<ArrayBuffer>)) {
    throw new CheckFailure("invalid_module", "module: got one that does not validate");
  }
  refuseMeterNames(decoded);
  const { memoryPages, tableEntries = moduleLimits.tableEntries } = limits;
  const sizes = clampSizes(decoded, { memoryPages, tableEntries });
  const most = { bytes: null, pages: memoryPages, entries: tableEntries };
  const added = new AddedParts(decoded, most);
  const code = meterCode(decoded, added);
  const sections: NewSections = new Map();
  replaceRanges(decoded, sections, sizeReplacements(decoded, sizes));
  appendMeters(decoded, sections, limits);
  appendCode(decoded, sections, { added, code });
  return writeModule(decoded, sections);
}

function refuseMeterNames({ imports, exports }: DecodedModule): void {
  const wanted = `wanted none that begins with "${meterPrefix}"`;
  for (const { module, name, range } of imports) {
    if (!module.startsWith(meterPrefix) && !name.startsWith(meterPrefix)) continue;
    const got = `${JSON.stringify(module)} ${JSON.stringify(name)}`;
    throw new CheckFailure("import_refused", `import: got ${got}, ${wanted}`, range.start);
  }
  for (const { name, range } of exports) {
    if (!name.startsWith(meterPrefix)) continue;
    const got = JSON.stringify(name);
    throw new CheckFailure("invalid_module", `export: got ${got}, ${wanted}`, range.start);
  }
}

/** Of memories and tables alike, imported and defined: whoever gives one must give a bounded one. */
function sizeReplacements(decoded: DecodedModule, sizes: ClampedSizes): readonly Replacement[] {
  const replace = ({ limits }: { readonly limits: SizeLimits }, maximum = 0): Replacement => ({
    range: limits.range,
    write: (to) => writeSizes(to, limits.minimum, maximum),
  });
  return [
    ...decoded.tables.map((table, at) => replace(table, sizes.tables[at])),
    ...decoded.memories.map((memory, at) => replace(memory, sizes.memories[at])),
  ].sort((left, right) => left.range.start - right.range.start);
}

function appendMeters(decoded: DecodedModule, sections: NewSections, limits: MeterLimits): void {
  const meters: Meters = metersOf(decoded);
  appendItems(decoded, sections, {
    id: 6,
    count: 2,
    write: (to) => {
      // Mutable i64 and i32, each with its constant.
      to.writeBytes([0x7e, 0x01, 0x42]);
      to.writeSigned(limits.startFuel);
      to.writeBytes([0x0b, 0x7f, 0x01, 0x41]);
      to.writeSigned(limits.callDepth);
      to.writeByte(0x0b);
    },
  });
  appendItems(decoded, sections, {
    id: 7,
    count: 2,
    write: (to) => {
      for (const [name, index] of [[fuelName, meters.fuel], [depthName, meters.depth]] as const) {
        to.writeName(name);
        to.writeByte(0x03);
        to.writeU32(index);
      }
    },
  });
}

interface NewCode {
  readonly added: AddedParts;
  /** Bodies of the module's own functions. */
  readonly code: ByteWriter;
}

function appendCode(decoded: DecodedModule, sections: NewSections, { added, code }: NewCode): void {
  const { typeCount, functionCount } = added;
  appendItems(decoded, sections, {
    id: 1,
    count: typeCount,
    write: (to) => added.writeTypes(to),
  });
  appendItems(decoded, sections, {
    id: 3,
    count: functionCount,
    write: (to) => added.writeFunctions(to),
  });
  if (decoded.code.length === 0) return;
  const all = new ByteWriter(code.length + 256);
  all.writeU32(decoded.code.length + functionCount);
  all.writeBytes(code.written);
  added.writeBodies(all);
  sections.set(10, all);
}
