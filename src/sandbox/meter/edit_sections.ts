/**
 * Sections of a module with something put after their last item, or with sizes replaced, and the
 * module put together from them.
 *
 * @module
 */
import { type ByteRange, ByteReader } from "../byte_reader.ts";
import type { DecodedModule } from "../decoded_module.ts";
import { ByteWriter } from "./byte_writer.ts";

/** What a section is to contain, by its id; a section that is not here stays as it is. */
export type NewSections = Map<number, ByteWriter>;

/** Items to be put after those of a section that is a list; the section may not be there yet. */
export interface MoreItems {
  readonly id: number;
  readonly count: number;
  readonly write: (to: ByteWriter) => void;
}

export function appendItems(decoded: DecodedModule, sections: NewSections, more: MoreItems): void {
  if (more.count === 0) return;
  const content = decoded.sections.find(({ id }) => id === more.id)?.content;
  const { count, items } = content === undefined ? noItems : splitList(decoded.bytes, content);
  const to = new ByteWriter(items.end - items.start + 128);
  to.writeU32(count + more.count);
  to.writeRange(decoded.bytes, items);
  more.write(to);
  sections.set(more.id, to);
}

interface List {
  readonly count: number;
  readonly items: ByteRange;
}

const noItems: List = { count: 0, items: { start: 0, end: 0 } };

function splitList(bytes: Uint8Array, content: ByteRange): List {
  const reader = new ByteReader(bytes, content.start, content.end);
  const count = reader.readU32("count");
  return { count, items: { start: reader.at, end: content.end } };
}

/** Bytes to stand in the place of others. */
export interface Replacement {
  readonly range: ByteRange;
  readonly write: (to: ByteWriter) => void;
}

/** @param replacements In the order of their bytes; those of other sections are left alone. */
export function replaceRanges(
  decoded: DecodedModule,
  sections: NewSections,
  replacements: readonly Replacement[],
): void {
  for (const { id, content } of decoded.sections) {
    const inside = replacements.filter(({ range }) =>
      range.start >= content.start && range.end <= content.end
    );
    if (id === 0 || inside.length === 0) continue;
    const to = new ByteWriter(content.end - content.start + 64);
    let { start } = content;
    for (const { range, write } of inside) {
      to.writeRange(decoded.bytes, { start, end: range.start });
      write(to);
      start = range.end;
    }
    to.writeRange(decoded.bytes, { start, end: content.end });
    sections.set(id, to);
  }
}

/** Data count (12) stands before code (10). */
const order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** The module with its new sections in the place of the old ones, or where they belong. */
export function writeModule(
  decoded: DecodedModule,
  sections: NewSections,
): Uint8Array<ArrayBuffer> {
  const { bytes } = decoded;
  const there = new Set(decoded.sections.map(({ id }) => id));
  const missing = order.filter((id) => sections.has(id) && !there.has(id));
  const to = new ByteWriter(bytes.length * 3);
  to.writeRange(bytes, { start: 0, end: 8 });
  const writeNew = (id: number, content: ByteWriter) => {
    to.writeByte(id);
    to.writeU32(content.length);
    to.writeBytes(content.written);
  };
  const writeMissing = (before: number) => {
    while (missing.length > 0 && order.indexOf(missing[0] ?? 0) < before) {
      const id = missing.shift() ?? 0;
      const content = sections.get(id);
      if (content !== undefined) writeNew(id, content);
    }
  };
  for (const { id, range } of decoded.sections) {
    if (id !== 0) writeMissing(order.indexOf(id));
    const content = sections.get(id);
    if (content === undefined) to.writeRange(bytes, range);
    else writeNew(id, content);
  }
  writeMissing(order.length);
  return to.written.slice();
}
