/**
 * How far the memory and the tables of a module may grow.
 *
 * @module
 */
import { beyondLimit } from "../byte_reader.ts";
import type { DecodedModule, SizeLimits } from "../decoded_module.ts";
import type { ByteWriter } from "./byte_writer.ts";

/** What a module may take of the host's memory. */
export interface SizeCeilings {
  /** Pages of 64 KiB. */
  readonly memoryPages: number;
  /** Entries of all tables together. */
  readonly tableEntries: number;
}

/** One maximum for each memory, and for each table, imported ones first. */
export interface ClampedSizes {
  readonly memories: readonly number[];
  readonly tables: readonly number[];
}

/**
 * A maximum of the module's own stays where it is lower. Tables share what their least sizes leave
 * of the ceiling: each gets the same part.
 *
 * @throws {CheckFailure} `limit_exceeded` where a least size is beyond the ceiling already.
 */
export function clampSizes(decoded: DecodedModule, ceilings: SizeCeilings): ClampedSizes {
  const { memoryPages, tableEntries } = ceilings;
  const memories = decoded.memories.map(({ limits }) => {
    if (limits.minimum > memoryPages) throw tooLarge("pages of memory", limits, memoryPages);
    return Math.min(limits.maximum ?? memoryPages, memoryPages);
  });
  const left = decoded.tables.reduce((rest, { limits }) => {
    if (limits.minimum > rest) throw tooLarge("entries of tables", limits, rest);
    return rest - limits.minimum;
  }, tableEntries);
  const growing = decoded.tables.filter(({ limits }) => limits.maximum !== limits.minimum).length;
  const share = Math.floor(left / Math.max(growing, 1));
  const tables = decoded.tables.map(({ limits }) =>
    Math.min(limits.maximum ?? Infinity, limits.minimum + share)
  );
  return { memories, tables };
}

function tooLarge(what: string, { minimum, range }: SizeLimits, wanted: number): Error {
  return beyondLimit(what, minimum, wanted, range.start);
}

/** Sizes as the format has them, with a maximum. */
export function writeSizes(to: ByteWriter, minimum: number, maximum: number): void {
  to.writeByte(0x01);
  to.writeU32(minimum);
  to.writeU32(maximum);
}
