/**
 * Entries about removed segments, found by their bytes: a whole file is searched as fast as it is read.
 *
 * @module
 */
import { structuralTypes } from "../../core/audit/segment.ts";
import { type LineHeader, toEntry } from "../../core/audit/line.ts";
import type { StructuralEntry } from "../../core/audit/structure.ts";
import { EngineError } from "../../core/errors.ts";
import { maxEntryBytes } from "../../core/limits.ts";
import type { RegularFile } from "./audit_disk.ts";
import { readFirstHeader, readLastHeader } from "./audit_walk.ts";

const pieceBytes = 1_048_576;
const needle = `"type":"${structuralTypes.prune}"`;
const decoder = new TextDecoder("latin1");

/** Such lines of a file, in its order. Nobody has verified them here. */
export function findPrunes(file: RegularFile, sizeBytes: number): readonly StructuralEntry[] {
  const found: StructuralEntry[] = [];
  for (const at of findNeedles(file, sizeBytes)) {
    const end = file.readAt(at, Math.min(maxEntryBytes, sizeBytes - at)).indexOf(0x0a);
    const header = end < 0 ? null : readLastHeader(file, at + end + 1);
    if (header?.type !== structuralTypes.prune) continue;
    const entry = toEntryOrNull(header);
    const { lineBytes } = header;
    if (entry !== null) found.push({ entry, offset: at + end + 1 - lineBytes, lineBytes });
  }
  return found;
}

/**
 * What a file whose lines nobody here can verify says of the segments before it. SECURITY: good only
 * for a file that has the hash which a verified entry names: then these are bytes that were sealed.
 */
export function readUnkeyedStructure(file: RegularFile): readonly StructuralEntry[] {
  const first = readFirstHeader(file);
  const entry = first === null ? null : toEntryOrNull(first);
  const prunes = findPrunes(file, file.sizeBytes());
  if (first === null || entry === null) return prunes;
  return [{ entry, offset: 0, lineBytes: first.lineBytes }, ...prunes];
}

function* findNeedles(file: RegularFile, sizeBytes: number): Generator<number> {
  const step = pieceBytes - needle.length;
  for (let offset = 0; offset < sizeBytes; offset += step) {
    const text = decoder.decode(file.readAt(offset, Math.min(pieceBytes, sizeBytes - offset)));
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
      // The overlap belongs to the next piece.
      if (at < step) yield offset + at;
    }
  }
}

function toEntryOrNull(header: LineHeader) {
  try {
    return toEntry(header);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
