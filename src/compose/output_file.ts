/**
 * Files that a human names for output; require_output.ts says where they may lie.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";

/**
 * Replaces the file; a link planted in the meantime is replaced too, not followed.
 *
 * @throws {EngineError} `output_unwritable`.
 */
export function writeOutputFile(path: string, text: string): void {
  try {
    remove(path);
    Deno.writeTextFileSync(path, text, { createNew: true });
  } catch (error) {
    throw new EngineError("output_unwritable", `Cannot write the answer to "${path}"`, {
      hint: "look for a full disk, or a folder of somebody else",
      cause: error,
    });
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
