/**
 * Reads a unified diff, plain or git's, for the files it names and the lines it changes.
 *
 * SECURITY: strict on purpose. Every line is a known header or counted into a hunk, because
 * patch(1) and git look for more diffs in whatever they do not understand.
 *
 * @module
 */
import { maxFilesPerOperation } from "../limits.ts";
import { parseDiffNames, parseDiffPath, parseGitHeaderNames } from "./diff_name.ts";
import type { Verb } from "./effect.ts";

/** What a diff does, by its own headers. */
export interface Diff {
  /** Every reading of every name; may repeat. */
  readonly effects: readonly { readonly verb: Verb; readonly path: string }[];
  /** Distinct files in their likeliest reading. */
  readonly paths: ReadonlySet<string>;
  readonly addedLines: number;
  readonly removedLines: number;
  readonly hunks: readonly Hunk[];
}

/** Lines next to one another in the file as it will be: context and additions. */
export interface Hunk {
  readonly path: string;
  /** Every reading of the file's name, `path` among them. */
  readonly paths: readonly string[];
  readonly newText: string;
  /** UTF-8 bytes of added lines less those of removed ones, line ends included. */
  readonly growthBytes: number;
}

interface Reader {
  readonly lines: readonly string[];
  readonly effects: { readonly verb: Verb; readonly path: string }[];
  readonly paths: Set<string>;
  readonly hunks: Hunk[];
  at: number;
  addedLines: number;
  removedLines: number;
  growthBytes: number;
}

const encoder = new TextEncoder();

/** Returns null for anything but a whole, non-empty diff; binary patches are not read. */
export function parseDiff(text: string): Diff | null {
  const reader: Reader = {
    lines: text.replace(/\n$/, "").split("\n"),
    effects: [],
    paths: new Set(),
    hunks: [],
    at: 0,
    addedLines: 0,
    removedLines: 0,
    growthBytes: 0,
  };
  while (skipBlankLines(reader)) {
    if (!readFile(reader)) return null;
  }
  const count = reader.paths.size;
  return count === 0 || count > maxFilesPerOperation ? null : reader;
}

function skipBlankLines(reader: Reader): boolean {
  while (/^\r?$/.test(reader.lines[reader.at] ?? "-")) reader.at++;
  return reader.at < reader.lines.length;
}

function readFile(reader: Reader): boolean {
  const header = after(reader, "diff --git ");
  if (header === null) return readPair(reader, []) === "read";
  const names = parseGitHeaderNames(header);
  const known = reader.effects.length;
  const isLink = hasLinkMode(reader);
  if (!readExtendedHeaders(reader, names)) return false;
  const firstHunk = reader.hunks.length;
  const pair = readPair(reader, names);
  if (isLink) addLinkTargets(reader, firstHunk);
  return pair === "read" || (pair === "absent" && reader.effects.length > known);
}

/** Lines between `diff --git` and `---`: what each does, and whether it names its file itself. */
const extendedHeaders: readonly (readonly [string, Verb | null, boolean])[] = [
  ["new file mode ", "create", false],
  ["deleted file mode ", "delete", false],
  ["old mode ", "chmod", false],
  ["new mode ", "chmod", false],
  ["rename from ", "delete", true],
  ["rename to ", "create", true],
  ["copy from ", "read", true],
  ["copy to ", "create", true],
  ["similarity index ", null, false],
  ["dissimilarity index ", null, false],
  ["index ", null, false],
];

function readExtendedHeaders(reader: Reader, names: readonly string[]): boolean {
  for (;;) {
    const line = reader.lines[reader.at] ?? "";
    const header = extendedHeaders.find(([prefix]) => line.startsWith(prefix));
    if (header === undefined) return true;
    const [prefix, verb, namesFile] = header;
    reader.at++;
    if (verb === null) continue;
    const own = namesFile ? parseDiffPath(line.slice(prefix.length)) : null;
    const paths = own !== null ? [own] : namesFile ? [] : names;
    const [likeliest] = paths;
    if (likeliest === undefined) return false;
    // What a link brings under its name is decided like any link.
    const isLink = verb === "create" && line.slice(prefix.length).startsWith(linkMode);
    for (const path of paths) reader.effects.push({ verb: isLink ? "link" : verb, path });
    reader.paths.add(likeliest);
  }
}

/** Git's mode of a symbolic link; its text is the place it points to. */
const linkMode = "120000";

function hasLinkMode({ lines, at }: Reader): boolean {
  for (let i = at; extendedHeaders.some(([prefix]) => lines[i]?.startsWith(prefix)); i++) {
    if (/^(?:new file mode |new mode |index \S+ )120000\s*$/.test(lines[i] ?? "")) return true;
  }
  return false;
}

/** SECURITY: a link to a protected file is a way to write it later under another name. */
function addLinkTargets(reader: Reader, firstHunk: number): void {
  for (const { paths, newText } of reader.hunks.slice(firstHunk)) {
    const target = newText.split("\n")[0] ?? "";
    for (const path of paths) {
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
      const resolved = parseDiffPath(`${target.startsWith("/") ? "" : folder}${target}\t`);
      if (resolved !== null) reader.effects.push({ verb: "link", path: resolved });
    }
  }
}

function readPair(
  reader: Reader,
  headerNames: readonly string[],
): "read" | "absent" | "broken" {
  const writtenBefore = after(reader, "--- ");
  if (writtenBefore === null) return "absent";
  const writtenAfter = after(reader, "+++ ");
  const names = writtenAfter === null ? null : parseDiffNames(writtenBefore, writtenAfter);
  if (names === null) return "broken";
  const { before, after: now } = names;
  const verb = before.length === 0 ? "create" : now.length === 0 ? "delete" : "write";
  for (const path of new Set([...before, ...now])) reader.effects.push({ verb, path });
  for (const path of [before[0], now[0]]) {
    if (path === undefined) continue;
    if (headerNames.length > 0 && !headerNames.includes(path)) return "broken";
    reader.paths.add(path);
  }
  const paths = now.length > 0 ? now : before;
  return readHunks(reader, paths) ? "read" : "broken";
}

function readHunks(reader: Reader, paths: readonly string[]): boolean {
  const [path = ""] = paths;
  const first = reader.at;
  for (;;) {
    const grammar = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;
    const header = grammar.exec(reader.lines[reader.at] ?? "");
    if (header === null) return reader.at > first;
    reader.at++;
    const [, before = "1", now = "1"] = header;
    const grownBefore = reader.growthBytes;
    const newText = readHunkLines(reader, Number(before), Number(now));
    if (newText === null) return false;
    reader.hunks.push({ path, paths, newText, growthBytes: reader.growthBytes - grownBefore });
  }
}

/** Takes exactly the announced lines: `--- x` inside a hunk is a removed line, not a header. */
function readHunkLines(reader: Reader, before: number, now: number): string | null {
  const newLines: string[] = [];
  let [beforeLeft, nowLeft] = [before, now];
  while (beforeLeft > 0 || nowLeft > 0 || reader.lines[reader.at]?.startsWith("\\")) {
    const line = reader.lines[reader.at++];
    // Editors strip the blank of an empty context line; patch(1) takes it as one.
    const mark = line === "" || line === "\r" ? " " : line?.[0];
    if (mark === undefined || !" +-\\".includes(mark)) return null;
    if (mark === "-" || mark === "+") countLine(reader, line ?? "", mark);
    if (mark === "-" || mark === " ") beforeLeft--;
    if (mark === "+" || mark === " ") {
      nowLeft--;
      newLines.push(line?.slice(1) ?? "");
    }
    if (beforeLeft < 0 || nowLeft < 0) return null;
  }
  return newLines.join("\n");
}

/** The mark counts for the line's end. */
function countLine(reader: Reader, line: string, mark: "+" | "-"): void {
  const bytes = encoder.encode(line).length;
  if (mark === "+") reader.addedLines++;
  else reader.removedLines++;
  reader.growthBytes += mark === "+" ? bytes : -bytes;
}

/** The rest of the current line after `prefix`, which is then consumed; null when it differs. */
function after(reader: Reader, prefix: string): string | null {
  const line = reader.lines[reader.at];
  if (line === undefined || !line.startsWith(prefix)) return null;
  reader.at++;
  return line.slice(prefix.length);
}
