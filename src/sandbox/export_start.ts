/**
 * Takes a module's start section away and exports its function instead. A start section runs before
 * anybody has the instance: what it spent could not be read once it traps.
 *
 * @module
 */
import { ByteReader } from "./byte_reader.ts";
import { ByteWriter } from "./meter/byte_writer.ts";
import { meterPrefix } from "./meter/meter_names.ts";

/** Only of modules that had a start section. */
export const startName = `${meterPrefix}start`;

const exportSection = 7;
const startSection = 8;

/**
 * The same module, with `startName` for its start section.
 *
 * @param metered Valid, with an export section: what meterModule() wrote.
 * @param start Index of the function.
 */
export function exportStart(metered: Uint8Array, start: number): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(metered, 8);
  const to = new ByteWriter(metered.length + 64);
  to.writeRange(metered, { start: 0, end: 8 });
  while (!reader.isAtEnd) {
    const begin = reader.at;
    const id = reader.readByte("section id");
    const size = reader.readU32("section size");
    const content = { start: reader.at, end: reader.at + size };
    reader.at = content.end;
    if (id === exportSection) {
      const exports = appendStart(metered, content, start);
      to.writeByte(id);
      to.writeU32(exports.length);
      to.writeBytes(exports.written);
    } else if (id !== startSection) to.writeRange(metered, { start: begin, end: content.end });
  }
  return to.written.slice();
}

function appendStart(
  metered: Uint8Array,
  content: { readonly start: number; readonly end: number },
  start: number,
): ByteWriter {
  const reader = new ByteReader(metered, content.start, content.end);
  const count = reader.readU32("count of exports");
  const to = new ByteWriter(content.end - content.start + 64);
  to.writeU32(count + 1);
  to.writeRange(metered, { start: reader.at, end: content.end });
  to.writeName(startName);
  to.writeByte(0);
  to.writeU32(start);
  return to;
}
