/**
 * Raw bytes of a policy file, which need not be in force.
 *
 * @module
 */
import { openPlainFile, readLimited } from "../adapter/plain_file.ts";
import { EngineError } from "../core/errors.ts";
import { maxPolicyBytes } from "../core/limits.ts";

/** @throws {EngineError} `policy_unreadable`, `policy_too_large`. */
export function readPolicyFile(path: string): Uint8Array {
  let bytes: Uint8Array | null;
  try {
    const { file } = openPlainFile(path, { read: true });
    try {
      bytes = readLimited(file, maxPolicyBytes);
    } finally {
      file.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineError("policy_unreadable", `Cannot read "${path}": ${why}`, {
      hint: "name a plain, readable file",
      cause: error,
    });
  }
  if (bytes !== null) return bytes;
  throw new EngineError("policy_too_large", `Cannot use "${path}": over ${maxPolicyBytes} bytes`);
}
