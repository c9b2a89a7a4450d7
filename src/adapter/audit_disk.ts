/**
 * Files of the log as the disk has them: regular, with one name, still at their path. Linux and
 * macOS semantics.
 *
 * @module
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { EngineError, oneLine, TamperDetectedError } from "../core/errors.ts";

/** `create` refuses a file that exists. */
export type Access = "read" | "update" | "append" | "create";

const modeFlags: Readonly<Record<Access, number>> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  append: constants.O_RDWR | constants.O_APPEND,
  create: constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL,
};

/** An open regular file and the path it must stay at. */
export class RegularFile implements Disposable {
  readonly path: string;
  readonly #fd: number;
  readonly #identity: string;

  /**
   * Opens without following a link, waking a device or waiting for a FIFO's other end.
   *
   * @throws {EngineError} `audit_missing`; `audit_tampered` for anything but a regular file with
   *   one name; `audit_unwritable` or `audit_unreadable` when access is denied.
   */
  constructor(path: string, access: Access) {
    this.path = path;
    if (access !== "create") statRegular(path);
    this.#fd = openPath(path, access);
    const { dev, ino } = fstatSync(this.#fd);
    this.#identity = `${dev}:${ino}`;
    try {
      this.sizeBytes();
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /**
   * Size now, after making sure that the path still names this very file.
   *
   * SECURITY: the runtime resolves links itself before it opens, so O_NOFOLLOW guards only the
   * moment between. What decides is this: lstat of the path shows the file that is open.
   */
  sizeBytes(): number {
    const stat = statRegular(this.path);
    if (`${stat.dev}:${stat.ino}` !== this.#identity) throw replaced(this.path);
    return stat.size;
  }

  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  readAt(offset: number, length: number): Uint8Array {
    const buffer = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.#fd, buffer, filled, length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  }

  /** One write at the end. A short one is a failure: the rest is never sent after it. */
  append(bytes: Uint8Array): void {
    const count = writeSync(this.#fd, bytes);
    if (count !== bytes.length) throw new Error(`wrote ${count} of ${bytes.length} bytes`);
  }

  /** One write at a place; for `update`. */
  writeAt(offset: number, bytes: Uint8Array): void {
    const count = writeSync(this.#fd, bytes, 0, bytes.length, offset);
    if (count !== bytes.length) throw new Error(`wrote ${count} of ${bytes.length} bytes`);
  }

  truncate(sizeBytes: number): void {
    ftruncateSync(this.#fd, sizeBytes);
  }

  /** Returns when data and size are on the disk. */
  sync(): void {
    fdatasyncSync(this.#fd);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function openPath(path: string, access: Access): number {
  const flags = modeFlags[access] | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    return openSync(path, flags, 0o600);
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
    rmSync(temporary, { force: true });
    const fd = openSync(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      0o600,
    );
    try {
      const count = writeSync(fd, bytes);
      if (count !== bytes.length) throw new Error(`wrote ${count} of ${bytes.length} bytes`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, `${folder}/${name}`);
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

/** Makes names in a folder durable. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
