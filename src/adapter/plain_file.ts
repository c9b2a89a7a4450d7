/**
 * Opens what must be a plain file: regular, under one name, and really the one its path shows.
 *
 * The runtime follows links before it opens, whatever flags say, and opening a FIFO waits for its
 * other end. So the path is looked at first (lstat: no link, no FIFO, no device), and after opening
 * the descriptor must be what was seen. Only a swap within these microseconds could make an open
 * wait; none can make it read something else.
 *
 * @module
 */

/** Why a path is not a plain file. */
export type PlainFault =
  | "missing"
  | "link"
  | "kind"
  | "names"
  | "swapped"
  | "denied"
  | "exhausted";

export class PlainFileError extends Error {
  readonly fault: PlainFault;

  constructor(fault: PlainFault, cause?: unknown) {
    super(explanations[fault], { cause });
    this.name = "PlainFileError";
    this.fault = fault;
  }
}

const explanations: Readonly<Record<PlainFault, string>> = {
  missing: "it does not exist",
  link: "it is a symbolic link",
  kind: "it is not a regular file",
  names: "it has more than one name (hard link)",
  swapped: "it was replaced while it was opened",
  denied: "permission denied or not readable",
  exhausted: "the system is out of descriptors or memory, or its disk fails",
};

export interface PlainFile {
  readonly file: Deno.FsFile;
  readonly stat: Deno.FileInfo;
}

/** @throws {PlainFileError} */
export function openPlainFile(path: string, options: Deno.OpenOptions): PlainFile {
  const seen = statPlain(path);
  const file = open(path, options);
  const stat = file.statSync();
  if (stat.dev === seen.dev && stat.ino === seen.ino) return { file, stat };
  file.close();
  throw new PlainFileError("swapped");
}

/** What stands at the path, when it is a plain file. @throws {PlainFileError} */
export function statPlain(path: string): Deno.FileInfo {
  const stat = lstat(path);
  if (stat.isSymlink) throw new PlainFileError("link");
  if (!stat.isFile) throw new PlainFileError("kind");
  if (stat.nlink !== 1) throw new PlainFileError("names");
  return stat;
}

function lstat(path: string): Deno.FileInfo {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    throw toPlainFileError(error);
  }
}

function open(path: string, options: Deno.OpenOptions): Deno.FsFile {
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    throw toPlainFileError(error);
  }
}

// The file may be as it should be: nothing is known, and nothing must be called tampered with.
const exhaustion: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO"]);

/** What a failed call of the system says about a path. */
export function toPlainFileError(error: unknown): PlainFileError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return new PlainFileError("missing", error);
  if (code === "ELOOP") return new PlainFileError("link", error);
  if (typeof code === "string" && exhaustion.has(code)) {
    return new PlainFileError("exhausted", error);
  }
  return new PlainFileError("denied", error);
}

/**
 * Reads from where the file stands; the limit holds while reading, because files that grow have no
 * honest size.
 *
 * @returns Null when there is more than `limitBytes`.
 */
export function readLimited(file: Deno.FsFile, limitBytes: number): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(Math.min(65_536, limitBytes + 1 - total));
    const count = file.readSync(chunk) ?? 0;
    if (count === 0) return join(chunks, total);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > limitBytes) return null;
  }
}

function join(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
