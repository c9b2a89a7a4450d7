/**
 * Reads the patch envelope of agents (`*** Begin Patch` … `*** End Patch`) as the diff it is.
 *
 * Only as the `diff` of an operation: a command that feeds one to a program is for the reader of
 * commands.
 *
 * SECURITY: strict on purpose, as parse_diff.ts is: a line nobody knows, a header behind blanks, or
 * text that patch(1) would take for a diff of its own, and the whole is not read.
 *
 * @module
 */
import { maxFilesPerOperation } from "../limits.ts";
import type { Verb } from "./effect.ts";
import type { Diff, Hunk } from "./parse_diff.ts";
import { isPath } from "./path.ts";

const opening = "*** Begin Patch";
const closing = "*** End Patch";
const endOfFile = "*** End of File";

/** What other tools look for, however deep it is indented: one text must not be two patches. */
const foreignHeader = /^\s*(?:\*\*\*|Index:|Prereq:|diff )/;

interface Reader {
  readonly lines: readonly string[];
  readonly effects: { readonly verb: Verb; readonly path: string }[];
  readonly paths: Set<string>;
  readonly hunks: Hunk[];
  at: number;
  addedLines: number;
  removedLines: number;
}

const encoder = new TextEncoder();

/** Returns null for anything but one whole envelope with at least one file. */
export function parsePatchEnvelope(text: string): Diff | null {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  if (lines[0] !== opening || lines.at(-1) !== closing || hasUnifiedHeader(lines)) return null;
  const reader: Reader = {
    lines: lines.slice(0, -1),
    effects: [],
    paths: new Set(),
    hunks: [],
    at: 1,
    addedLines: 0,
    removedLines: 0,
  };
  while (reader.at < reader.lines.length) {
    if (!readFile(reader)) return null;
  }
  const count = reader.paths.size;
  return count === 0 || count > maxFilesPerOperation ? null : reader;
}

function hasUnifiedHeader(lines: readonly string[]): boolean {
  return lines.some((line, index) =>
    /^\s*--- /.test(line) && /^\s*\+\+\+ /.test(lines[index + 1] ?? "")
  );
}

function readFile(reader: Reader): boolean {
  const added = readName(reader, "*** Add File: ");
  if (added !== null) return readAdded(reader, added);
  const deleted = readName(reader, "*** Delete File: ");
  if (deleted !== null) {
    addEffect(reader, "delete", deleted);
    return true;
  }
  const updated = readName(reader, "*** Update File: ");
  return updated !== null && readUpdated(reader, updated);
}

/** The path after a header, which is then consumed; null for another line or an unfit path. */
function readName(reader: Reader, header: string): string | null {
  const line = reader.lines[reader.at];
  if (line === undefined || !line.startsWith(header)) return null;
  const path = line.slice(header.length);
  // SECURITY: who applies the patch trims the name; patterns would see another one.
  if (path !== path.trim() || !isPath(path)) return null;
  reader.at++;
  return path;
}

function readAdded(reader: Reader, path: string): boolean {
  addEffect(reader, "create", path);
  const lines: string[] = [];
  for (let line = reader.lines[reader.at]; line?.startsWith("+"); line = reader.lines[reader.at]) {
    lines.push(line.slice(1));
    reader.at++;
  }
  reader.addedLines += lines.length;
  const growthBytes = lines.reduce((sum, line) => sum + sizeOf(line), 0);
  reader.hunks.push({ path, paths: [path], newText: lines.join("\n"), growthBytes });
  return true;
}

function readUpdated(reader: Reader, source: string): boolean {
  const isMoved = reader.lines[reader.at]?.startsWith("*** Move to: ") === true;
  const target = readName(reader, "*** Move to: ");
  if (isMoved && target === null) return false;
  if (target === null) addEffect(reader, "write", source);
  else {
    addEffect(reader, "delete", source);
    addEffect(reader, "create", target);
  }
  const paths = target === null ? [source] : [target, source];
  let isFirst = true;
  while (reader.at < reader.lines.length && !isFileHeader(reader.lines[reader.at])) {
    if (!readHunk(reader, paths, isFirst)) return false;
    isFirst = false;
  }
  return !isFirst;
}

function isFileHeader(line = ""): boolean {
  return /^\*\*\* (?:Add|Delete|Update) File: /.test(line);
}

/** Only the first hunk may go without its `@@` line. */
function readHunk(reader: Reader, paths: readonly string[], isFirst: boolean): boolean {
  const hasHeader = /^@@(?: |$)/.test(reader.lines[reader.at] ?? "");
  if (hasHeader) reader.at++;
  else if (!isFirst) return false;
  const first = reader.at;
  const newLines: string[] = [];
  let growthBytes = 0;
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at] ?? "";
    const mark = line === "" ? " " : line.charAt(0);
    if (!" +-".includes(mark)) break;
    if (mark === " " && foreignHeader.test(line)) return false;
    if (mark !== "-") newLines.push(line.slice(1));
    if (mark === "+") reader.addedLines++;
    if (mark === "-") reader.removedLines++;
    if (mark !== " ") growthBytes += mark === "+" ? sizeOf(line.slice(1)) : -sizeOf(line.slice(1));
  }
  if (reader.at === first) return false;
  if (reader.lines[reader.at] === endOfFile) reader.at++;
  const [path = ""] = paths;
  reader.hunks.push({ path, paths, newText: newLines.join("\n"), growthBytes });
  return true;
}

/** With the line's end. */
function sizeOf(line: string): number {
  return encoder.encode(line).length + 1;
}

function addEffect(reader: Reader, verb: Verb, path: string): void {
  reader.effects.push({ verb, path });
  reader.paths.add(path);
}
