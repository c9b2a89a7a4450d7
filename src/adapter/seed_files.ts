/**
 * Seeds of enrolled approvers: one private file each, named by the enrolment's id, written once.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";
import { secretLetters } from "../core/override/otpauth_uri.ts";
import { parseTotpSecret } from "../core/override/totp_secret.ts";
import { removeIfThere, syncFolder } from "./audit/audit_disk.ts";
import { readPrivateFile, type SecretPlace } from "./key_store.ts";
import type { Layout } from "./layout.ts";

/** Where the seeds of an install lie. */
export function seedFolderOf({ keysFolder }: Pick<Layout, "keysFolder">): string {
  return `${keysFolder}/override`;
}

/**
 * Makes the folder, 0700.
 *
 * @throws {EngineError} `secret_unsafe` when something else stands there, or others may look inside.
 */
export function createSeedFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { mode: 0o700 });
    syncFolder(folder.slice(0, folder.lastIndexOf("/")));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw unwritable(folder, error);
  }
  const { isDirectory, mode } = Deno.lstatSync(folder);
  if (isDirectory && ((mode ?? 0o777) & 0o077) === 0) return;
  throw new EngineError("secret_unsafe", `Cannot keep secrets in "${oneLine(folder)}"`, {
    hint: "make it a folder of this user: chmod 700",
  });
}

/**
 * Writes a seed, durable when this returns. Nothing is written over; what could be written only in
 * part is taken away.
 *
 * @param id 32 hex digits.
 * @throws {EngineError} `output_unwritable`.
 */
export function writeSeed(folder: string, id: string, seed: Uint8Array): void {
  const path = pathOf(folder, id);
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    try {
      const bytes = new TextEncoder().encode(`base32:${secretLetters(seed)}\n`);
      for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
      file.syncSync();
      syncFolder(folder);
    } catch (error) {
      removeIfThere(path);
      throw error;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Reads a seed.
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe`, `secret_invalid`.
 */
export function readSeed(folder: string, id: string, place: SecretPlace): Uint8Array {
  const path = pathOf(folder, id);
  try {
    return parseTotpSecret(readPrivateFile(path, place), `the seed of enrolment ${id}`);
  } catch (error) {
    const isGone = error instanceof EngineError &&
      (error.code === "secret_missing" || error.code === "secret_invalid");
    throw isGone ? gone(error) : error;
  }
}

/** Nobody writes a seed by hand: how it is written, and where it lies, helps nobody. */
function gone(cause: EngineError): EngineError {
  return new EngineError(cause.code, cause.message, {
    hint: "put it back as it was, or enrol anew by a recovery code: sealward override enroll",
    cause,
  });
}

/** Removes a seed, durably; one that is not there is removed. */
export function removeSeed(folder: string, id: string): void {
  try {
    removeIfThere(pathOf(folder, id));
    syncFolder(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw unwritable(pathOf(folder, id), error);
  }
}

// SECURITY: an id from a log or a command line never leads to another file.
function pathOf(folder: string, id: string): string {
  if (/^[0-9a-f]{32}$/.test(id)) return `${folder}/${id}`;
  throw new EngineError("internal", "An enrolment's id is not 32 hex digits");
}

function unwritable(path: string, error: unknown): EngineError {
  const why = error instanceof Error ? error.message : String(error);
  return new EngineError("output_unwritable", `Cannot write "${oneLine(path)}": ${oneLine(why)}`, {
    hint: "look for a full disk, or a folder of somebody else",
    cause: error,
  });
}
