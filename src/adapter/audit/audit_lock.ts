/**
 * One writer at a time: an exclusive flock(2) on a file of its own, within and across processes.
 *
 * @module
 */
import { EngineError, TamperDetectedError } from "../../core/errors.ts";
import { toPlaceError } from "./audit_disk.ts";

/** Pause between two tries; the lock is held for about a millisecond. */
const pauseMs = 1;

/** The lock of one log, as one object of one process sees it. */
export class AuditLock {
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #canWrite: boolean;
  #file: Deno.FsFile;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * @param options `canWrite` false is for a reader, who makes do with a file it may only read.
   * @throws {EngineError} `audit_missing` when the folder is gone, `audit_unwritable`.
   */
  constructor(path: string, options: { readonly timeoutMs: number; readonly canWrite: boolean }) {
    this.#path = path;
    this.#timeoutMs = options.timeoutMs;
    this.#canWrite = options.canWrite;
    this.#file = openLock(path, this.#canWrite);
  }

  /**
   * Runs `body` while nobody else holds the lock. Callers are served in order; `body` is
   * synchronous, so nothing of this process runs beside it.
   *
   * @throws {EngineError} `audit_busy` when the lock was not free in time.
   */
  hold<T>(body: () => T): Promise<T> {
    // Counted from the call: whoever waits behind a stuck holder does not wait in turn again.
    const deadline = performance.now() + this.#timeoutMs;
    const result = this.#queue.then(() => this.#run(body, deadline));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #run<T>(body: () => T, deadline: number): Promise<T> {
    await this.#acquire(deadline);
    try {
      return body();
    } finally {
      this.#file.unlockSync();
    }
  }

  /** Ends with a lock on the file the path names, not on one that was moved away meanwhile. */
  async #acquire(deadline: number): Promise<void> {
    for (;;) {
      const isHeld = typeof this.#file.tryLockSync === "function"
        ? await tryUntil(this.#file, deadline)
        : await this.#wait(deadline);
      if (!isHeld) throw busy();
      if (isSame(this.#file, this.#path)) return;
      const moved = this.#file;
      this.#file = openLock(this.#path, this.#canWrite);
      moved.close();
    }
  }

  /** For Deno before 2.9, which can only wait: the timer wins, the late lock is given back. */
  async #wait(deadline: number): Promise<boolean> {
    const file = this.#file;
    const granted = file.lock(true).then(() => true);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), Math.max(1, deadline - performance.now()));
    });
    const isHeld = await Promise.race([granted, late]);
    clearTimeout(timer);
    if (!isHeld) {
      granted.then(() => file.close(), () => {});
      this.#file = openLock(this.#path, this.#canWrite);
    }
    return isHeld;
  }

  /** Closes after the last caller was served. */
  async close(): Promise<void> {
    await this.#queue;
    this.#file.close();
  }
}

async function tryUntil(file: Deno.FsFile, deadline: number): Promise<boolean> {
  while (!file.tryLockSync(true)) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return true;
}

function openLock(path: string, canWrite: boolean): Deno.FsFile {
  try {
    // Read and write: a FIFO put here cannot make this call wait for its other end.
    return Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (!canWrite && isDenied(error)) return openReadOnly(path);
    if (canWrite && error instanceof Deno.errors.NotFound && !isThere(path)) return newLock(path);
    throw toPlaceError(error, path, "audit_unwritable");
  }
}

function openReadOnly(path: string): Deno.FsFile {
  try {
    // SECURITY: to open a FIFO for reading alone waits for a writer, for ever.
    if (!Deno.lstatSync(path).isFile) throw irregular();
    return Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof TamperDetectedError) throw error;
    throw toPlaceError(error, path, "audit_unreadable");
  }
}

/** A lock that was removed loses nothing, so it is made anew; the folder must be there. */
function newLock(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return openLock(path, true);
    throw toPlaceError(error, path, "audit_unwritable");
  }
}

/** Whether a name is there, a link to nothing included: that one is not followed and created. */
function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Read-only disk, somebody else's file, or a process that was never allowed to write. */
function isDenied(error: unknown): boolean {
  if (error instanceof Deno.errors.NotCapable) return true;
  return error instanceof Error && "code" in error &&
    (error.code === "EROFS" || error.code === "EACCES");
}

function isSame(file: Deno.FsFile, path: string): boolean {
  try {
    const named = Deno.lstatSync(path);
    if (named.isFile) {
      const held = file.statSync();
      return named.dev === held.dev && named.ino === held.ino;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  throw irregular();
}

function irregular(): TamperDetectedError {
  return new TamperDetectedError("audit_tampered", "The log's lock is no regular file");
}

function busy(): EngineError {
  return new EngineError("audit_busy", "Cannot lock the audit log: another process holds it", {
    hint: "try again; if it stays, find the process that has the lock file open",
  });
}
