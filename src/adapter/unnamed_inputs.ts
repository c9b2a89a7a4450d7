/**
 * Files kept beside the log under their hash that nothing in the log names any more.
 *
 * @module
 */
import { maxEntryBytes } from "../core/limits.ts";
import { RegularFile, syncFolder } from "./audit_disk.ts";
import { listSegments, segmentPath } from "./audit_segments.ts";

/** Which of these hashes (64 hex digits) something still needs. */
export type FindReferenced = (digests: ReadonlySet<string>) => ReadonlySet<string>;

/** Removes nothing younger: whoever keeps an input names it only in the entry that follows. */
const minAgeMs = 3_600_000;
const windowBytes = 1_048_576;
const digestBytes = 64;
const decoder = new TextDecoder("latin1");

/** What pruning kept inputs did. */
export interface RemovedInputs {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Removes them; the caller holds the log's lock, so that no entry appears meanwhile.
 *
 * @param folder `input/` beside the log.
 */
export function removeUnnamedInputs(
  folder: string,
  options: { readonly findReferenced: FindReferenced; readonly nowMs: number },
): RemovedInputs {
  const old = listOld(folder, options.nowMs - minAgeMs);
  if (old.size === 0) return { count: 0, bytes: 0 };
  const referenced = options.findReferenced(new Set(old.keys()));
  let [count, bytes] = [0, 0];
  for (const [name, sizeBytes] of old) {
    if (referenced.has(name)) continue;
    Deno.removeSync(`${folder}/${name}`);
    count++;
    bytes += sizeBytes;
  }
  if (count > 0) syncFolder(folder);
  return { count, bytes };
}

/**
 * Every hash that occurs anywhere in the log's files or its state, in whatever member: an entry of a
 * later version may name inputs in ways this one does not know, and too many kept do no harm.
 */
export function findInLog(
  logPath: string,
  sidePath: string,
  state: string,
): FindReferenced {
  return (digests) => {
    const found = new Set<string>();
    const look = (text: string) => {
      for (const digest of digestsIn(text)) if (digests.has(digest)) found.add(digest);
    };
    look(state);
    const segments = listSegments(sidePath).map((seg) => segmentPath(sidePath, seg));
    for (const path of [...segments, logPath]) for (const text of readTexts(path)) look(text);
    return found;
  };
}

/** Runs of 64 digits and more; of a longer one every part. */
function* digestsIn(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[0-9a-f]{64,}/g)) {
    for (let at = 0; at + digestBytes <= run.length; at++) yield run.slice(at, at + digestBytes);
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

/** Size by name of the files old enough; anything else in the folder is left alone. */
function listOld(folder: string, beforeMs: number): ReadonlyMap<string, number> {
  const old = new Map<string, number>();
  try {
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      if (!isFile || !/^[0-9a-f]{64}$/.test(name)) continue;
      const { size, mtime } = Deno.lstatSync(`${folder}/${name}`);
      if (mtime !== null && mtime.getTime() < beforeMs) old.set(name, size);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return old;
}
