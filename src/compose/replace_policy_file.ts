/**
 * Puts another text in the place of a policy that a person edits.
 *
 * @module
 */
import { PlainFileError, statPlain } from "../adapter/plain_file.ts";
import { EngineError } from "../core/errors.ts";
import { readPolicyFile } from "./read_policy_file.ts";

/** Where the text is written before it takes the policy's place. */
export function replacementOf(policyPath: string): string {
  return `${policyPath}.new`;
}

/**
 * Whole or not at all: written beside it, made durable, renamed.
 *
 * @throws {EngineError} `output_unwritable`.
 */
export function replacePolicyFile(policyPath: string, before: string, text: string): void {
  const mode = modeOf(policyPath);
  if (new TextDecoder().decode(readPolicyFile(policyPath)) !== before) {
    throw unwritable(policyPath, "it was changed meanwhile", "look again, then run it again");
  }
  const beside = replacementOf(policyPath);
  let isOurs = false;
  try {
    const file = Deno.openSync(beside, { write: true, createNew: true, mode });
    isOurs = true;
    try {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.renameSync(beside, policyPath);
  } catch (error) {
    if (isOurs) removeIfThere(beside);
    const why = error instanceof Error ? error.message : String(error);
    throw unwritable(policyPath, why, `look at the folder, and at ${beside}`);
  }
}

/** Half a policy beside the policy would keep the next one from being written. */
function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    return;
  }
}

/** A lock is a person's word, though its owner could go around it. */
function modeOf(path: string): number {
  try {
    const mode = (statPlain(path).mode ?? 0o644) & 0o7777;
    if ((mode & 0o200) === 0) {
      throw unwritable(path, "it is read-only", "run `sealward policy unlock` first");
    }
    return mode;
  } catch (error) {
    if (!(error instanceof PlainFileError)) throw error;
    throw unwritable(path, error.message, "the policy must be a plain file");
  }
}

function unwritable(path: string, why: string, hint: string): EngineError {
  return new EngineError("output_unwritable", `Cannot write "${path}": ${why}`, { hint });
}
