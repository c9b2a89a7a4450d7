/**
 * A file that a person wants to try out as a check, or as a part of one.
 *
 * @module
 */
import { readLimited, toPlainFileError } from "../adapter/plain_file.ts";
import { EngineError, oneLine } from "../core/errors.ts";

/**
 * Follows links: build tools make them. Never waits: what is not regular is not opened.
 *
 * @throws {EngineError} `check_unreadable`, or `check_refused` for more than `limitBytes`.
 */
export function readModuleFile(path: string, limitBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = readRegular(path, limitBytes);
  if (bytes !== null) return bytes.slice();
  throw new EngineError("check_refused", `Cannot use "${shown(path)}": over ${limitBytes} bytes`, {
    hint: `no check has a module or data of more than ${limitBytes} bytes`,
  });
}

function readRegular(path: string, limitBytes: number): Uint8Array | null {
  try {
    // SECURITY: opening a pipe in the file system waits for a writer who may never come.
    if (!Deno.statSync(path).isFile) throw unreadable(path, "it is not a regular file");
    const file = Deno.openSync(path, { read: true });
    try {
      return readLimited(file, limitBytes);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw unreadable(path, toPlainFileError(error).message, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): EngineError {
  return new EngineError("check_unreadable", `Cannot read "${shown(path)}": ${why}`, {
    hint: "name a regular, readable file",
    ...(cause === undefined ? {} : { cause }),
  });
}

function shown(path: string): string {
  return oneLine(path, 200);
}
