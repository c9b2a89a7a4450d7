/**
 * Files kept beside the log under their hash that nothing in it names any more.
 *
 * @module
 */
import type { Entry } from "../../core/audit/entry.ts";
import { parseHeader, toEntry } from "../../core/audit/line.ts";
import { scanLines } from "../../core/audit/scan_lines.ts";
import { maxEntryBytes } from "../../core/limits.ts";
import { RegularFile, syncFolder } from "./audit_disk.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";

/** Which kept files, by their hash in hex, an entry names. */
export type FindReferences = (entry: Entry) => readonly string[];

const windowBytes = 1_048_576;
const digestDigits = 64;
const decoder = new TextDecoder("latin1");

/** What pruning kept inputs did. */
export interface RemovedInputs {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Files that segments name which are about to go. Only entries of these types count: what a human
 * accepted is needed for as long as decisions under it are there, whichever entry brought it.
 */
export function listInputsOf(
  sidePath: string,
  segments: readonly number[],
  { types, findReferences }: {
    readonly types: ReadonlySet<string>;
    readonly findReferences: FindReferences;
  },
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const seg of segments) {
    for (const line of readLines(segmentPath(sidePath, seg))) {
      const header = parseHeader(line);
      if (header === null || !types.has(header.type)) continue;
      for (const digest of findReferences(toEntry(header))) found.add(digest);
    }
  }
  return found;
}

/**
 * Removes those of them that stand nowhere in the log's files or its state, in whatever member: an
 * entry of a later version may name inputs in ways this one does not know, and too many kept do no
 * harm. The caller holds the log's lock: whoever keeps a file and names it does both under it.
 */
export function removeUnnamedInputs(
  candidates: ReadonlySet<string>,
  { logPath, sidePath, state }: {
    readonly logPath: string;
    readonly sidePath: string;
    /** The engine's state as JSON. */
    readonly state: string;
  },
): RemovedInputs {
  const going = new Set([...candidates].filter((name) => /^[0-9a-f]{64}$/.test(name)));
  const keep = (text: string) => {
    for (const digest of digestsIn(text)) going.delete(digest);
  };
  keep(state);
  const segments = listSegments(sidePath).map((seg) => segmentPath(sidePath, seg));
  for (const path of [...segments, logPath]) {
    if (going.size === 0) break;
    for (const text of readTexts(path)) keep(text);
  }
  return removeFiles(`${sidePath}/input`, going);
}

function removeFiles(folder: string, names: ReadonlySet<string>): RemovedInputs {
  let [count, bytes] = [0, 0];
  for (const name of names) {
    try {
      const { size } = Deno.lstatSync(`${folder}/${name}`);
      Deno.removeSync(`${folder}/${name}`);
      count++;
      bytes += size;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  if (count > 0) syncFolder(folder);
  return { count, bytes };
}

/** Runs of 64 digits and more; of a longer one every part. */
function* digestsIn(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[0-9a-f]{64,}/g)) {
    for (let at = 0; at + digestDigits <= run.length; at++) yield run.slice(at, at + digestDigits);
  }
}

/** The file in windows that overlap by a line, so that nothing is cut in two. */
function* readTexts(path: string): Generator<string> {
  using file = new RegularFile(path, "read");
  const sizeBytes = file.sizeBytes();
  for (let at = 0; at < sizeBytes; at += windowBytes) {
    yield decoder.decode(file.readAt(at, windowBytes + maxEntryBytes));
  }
}

function* readLines(path: string): Generator<Uint8Array> {
  using file = new RegularFile(path, "read");
  const sizeBytes = file.sizeBytes();
  for (let at = 0; at < sizeBytes;) {
    const window = file.readAt(at, windowBytes);
    const { lines, restBytes } = scanLines(window);
    yield* lines;
    if (restBytes >= window.length || lines.length === 0) return;
    at += window.length - restBytes;
  }
}
