/**
 * Files of the log as the disk has them: regular, with one name, still at their path. Linux and
 * macOS semantics.
 *
 * @module
 */
import { EngineError, oneLine, TamperDetectedError } from "../../core/errors.ts";
import { ShortWriteError } from "./audit_full_disk.ts";

const rewriteBytes = 1_048_576;

/** `create` refuses a file that exists. */
export type Access = "read" | "update" | "append" | "create";

const openOptions: Readonly<Record<Access, Deno.OpenOptions>> = {
  read: { read: true },
  update: { read: true, write: true },
  append: { read: true, append: true },
  create: { read: true, append: true, createNew: true, mode: 0o600 },
};

/** An open regular file and the path it must stay at. */
export class RegularFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  /** `device:inode` of the open file. */
  readonly identity: string;
  readonly #access: Access;

  /**
   * Opens what lstat shows to be a regular file: no link, no device, no FIFO to wait for.
   *
   * @throws {EngineError} `audit_missing`; `audit_tampered` for anything but a regular file with
   *   one name; `audit_unwritable` or `audit_unreadable` when access is denied.
   */
  constructor(path: string, access: Access) {
    this.path = path;
    this.#access = access;
    if (access !== "create") statRegular(path);
    this.#file = openPath(path, access);
    const { dev, ino } = this.#file.statSync();
    this.identity = `${dev}:${ino}`;
    try {
      this.sizeBytes();
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /**
   * Size now, after making sure that the path still names this very file.
   *
   * SECURITY: the runtime follows links before it opens, whatever flags say. What decides is this:
   * lstat of the path shows the file that is open.
   */
  sizeBytes(): number {
    const stat = statRegular(this.path);
    if (`${stat.dev}:${stat.ino}` !== this.identity) throw replaced(this.path);
    return stat.size;
  }

  /** Size of the open file, wherever its path leads by now. */
  openSizeBytes(): number {
    try {
      return this.#file.statSync().size;
    } catch (error) {
      // The runtime asks for the right to what the path leads to by now: a link to a device, say.
      if (error instanceof Deno.errors.NotCapable) throw replaced(this.path);
      throw error;
    }
  }

  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  readAt(offset: number, length: number): Uint8Array {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, this.readInto(buffer, offset));
  }

  /** Fills a buffer from `offset`; returns how many bytes there were. */
  readInto(buffer: Uint8Array, offset: number): number {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < buffer.length) {
      const count = this.#file.readSync(buffer.subarray(filled)) ?? 0;
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  /** Writes at the end. What a failure leaves behind is found torn by the next opening. */
  append(bytes: Uint8Array): void {
    writeWhole(this.#file, bytes);
  }

  /** One write at a place; for `update`. */
  writeAt(offset: number, bytes: Uint8Array): void {
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    writeWhole(this.#file, bytes);
  }

  /**
   * Writes bytes that are there once more and makes them durable. After a sync that failed, or that
   * nobody lived to call, the kernel may show data that it will never write.
   */
  rewrite(from: number, to: number): void {
    // A closed segment was durable before it was moved away.
    if (this.#access === "read") return this.sync();
    using again = new RegularFile(this.path, "update");
    this.sizeBytes();
    for (let offset = from; offset < to; offset += rewriteBytes) {
      again.writeAt(offset, this.readAt(offset, Math.min(rewriteBytes, to - offset)));
    }
    again.sync();
  }

  truncate(sizeBytes: number): void {
    this.#file.truncateSync(sizeBytes);
  }

  /** Returns when data and size are on the disk. */
  sync(): void {
    this.#file.syncDataSync();
  }

  /** As sync, on another thread; until it is done nothing else may be done with this file. */
  syncAside(): Promise<void> {
    return this.#file.syncData();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function writeWhole(file: Deno.FsFile, bytes: Uint8Array): void {
  const count = file.writeSync(bytes);
  if (count !== bytes.length) throw new ShortWriteError(`wrote ${count} of ${bytes.length} bytes`);
}

function openPath(path: string, access: Access): Deno.FsFile {
  try {
    return Deno.openSync(path, openOptions[access]);
  } catch (error) {
    throw toPlaceError(error, path, access === "read" ? "audit_unreadable" : "audit_unwritable");
  }
}

function statRegular(path: string): Deno.FileInfo {
  let stat: Deno.FileInfo;
  try {
    stat = Deno.lstatSync(path);
  } catch (error) {
    throw toPlaceError(error, path, "audit_unreadable");
  }
  if (!stat.isFile || stat.nlink !== 1) throw replaced(path);
  return stat;
}

function replaced(path: string): TamperDetectedError {
  const message = `Another thing stands at ${oneLine(path)}: wanted the log's own regular file`;
  return new TamperDetectedError("audit_tampered", message, {
    hint: "links, pipes, devices, second names and replaced files are refused",
  });
}

/** Says what a failed open or stat means: gone, replaced, or not allowed. */
export function toPlaceError(
  error: unknown,
  path: string,
  denied: "audit_unreadable" | "audit_unwritable",
): EngineError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const where = oneLine(path);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new TamperDetectedError("audit_missing", `Nothing is at ${where}`, {
        hint: "a log that was initialised never goes away by itself: restore it",
        cause: error,
      });
    case "ELOOP":
    case "EISDIR":
    case "ENXIO":
      return new TamperDetectedError("audit_tampered", `No regular file is at ${where}`, {
        cause: error,
      });
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new EngineError(denied, `Cannot use ${where}: ${oneLine(reason)}`, { cause: error });
    }
  }
}

/**
 * Puts a whole file in place: after a crash there is the old one, or none, or this one. The caller
 * holds the lock, so the temporary name is free.
 *
 * @throws {EngineError} `audit_unwritable`.
 */
export function writeDurable(folder: string, name: string, bytes: Uint8Array): void {
  const temporary = `${folder}/.${name}.new`;
  try {
    // SECURITY: a link planted under this name is removed, not followed.
    removeIfThere(temporary);
    const file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 });
    try {
      writeWhole(file, bytes);
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.renameSync(temporary, `${folder}/${name}`);
    syncFolder(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      "audit_unwritable",
      `Cannot write ${oneLine(folder)}: ${oneLine(reason)}`,
      {
        cause: error,
      },
    );
  }
}

/** Removes a name; links are not followed. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Makes names in a folder durable. */
export function syncFolder(folder: string): void {
  const file = Deno.openSync(folder, { read: true });
  try {
    file.syncSync();
  } finally {
    file.close();
  }
}
