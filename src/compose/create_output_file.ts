/**
 * A file that grows while somebody answers: an export may be larger than memory.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import type { GrowingFile } from "../edge/cli/host.ts";

/**
 * Makes a file of 0600 that must not exist. SECURITY: O_EXCL follows no link, not even one that
 * points nowhere, and replaces nothing.
 *
 * @throws {EngineError} `output_unwritable`.
 */
export function createOutputFile(path: string): GrowingFile {
  const file = attempt(path, () => {
    return Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  });
  return {
    writeSync: (bytes) => attempt(path, () => file.writeSync(bytes)),
    finish: () =>
      attempt(path, () => {
        file.syncDataSync();
        file.close();
      }),
    discard: () => {
      file.close();
      attempt(path, () => Deno.removeSync(path));
    },
  };
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const isThere = error instanceof Deno.errors.AlreadyExists;
    throw new EngineError(
      "output_unwritable",
      `Cannot write to "${path}"${isThere ? ": it exists already" : ""}`,
      {
        hint: isThere
          ? "name a new file: what was exported is not written over"
          : "look for a full disk, or a folder of somebody else",
        cause: error,
      },
    );
  }
}
