/**
 * The root secret's file in the state folder: another in its place, a copy for an auditor, none.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError, oneLine } from "../core/errors.ts";
import { syncFolder, writeDurable } from "./audit/audit_disk.ts";

const encoder = new TextEncoder();

/** The form in which secrets are kept. */
function encodeSecret(secret: Uint8Array): Uint8Array {
  return encoder.encode(`hex:${encodeHex(secret)}\n`);
}

/** Puts a secret beside the one in use, durably: from here an opening finds both. */
export function writeNextSecret(keysFolder: string, secret: Uint8Array): void {
  writeDurable(keysFolder, "audit.key.new", encodeSecret(secret));
}

/** Whether there is one beside the one in use: a change was begun. */
export function hasNextSecret(keysFolder: string): boolean {
  try {
    Deno.lstatSync(`${keysFolder}/audit.key.new`);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/**
 * Puts it in the place of the one in use, which is kept under its name. At no moment is there none.
 * Nothing is left to do where another call was faster.
 *
 * @param old The one in use; `kid` its 8 hex digits.
 */
export function promoteNextSecret(
  keysFolder: string,
  old: { readonly kid: string; readonly secret: Uint8Array },
): void {
  if (!hasNextSecret(keysFolder)) return;
  const folder = `${keysFolder}/replaced`;
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(keysFolder);
  writeDurable(folder, old.kid, encodeSecret(old.secret));
  Deno.renameSync(`${keysFolder}/audit.key.new`, `${keysFolder}/audit.key`);
  syncFolder(keysFolder);
}

/** Removes every root secret this host keeps itself. */
export function removeRootSecrets(keysFolder: string): void {
  for (const name of ["replaced", "audit.key.new", "audit.key"]) {
    try {
      Deno.removeSync(`${keysFolder}/${name}`, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  syncFolder(keysFolder);
}

/**
 * Writes a secret for somebody else, durably, and reads it back. A file with this very secret is
 * one that an earlier call wrote.
 *
 * @throws {EngineError} `keeping_refused` when another file stands there, `output_unwritable`.
 */
export function writeSecretOut(path: string, secret: Uint8Array): void {
  const wanted = encodeSecret(secret);
  try {
    using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    for (let sent = 0; sent < wanted.length;) sent += file.writeSync(wanted.subarray(sent));
    file.syncSync();
    syncFolder(path.slice(0, path.lastIndexOf("/")) || "/");
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw unwritable(path, error);
  }
  confirmSecretOut(path, wanted);
}

function confirmSecretOut(path: string, wanted: Uint8Array): void {
  const stat = Deno.lstatSync(path);
  const isOurs = stat.isFile && stat.nlink === 1 && ((stat.mode ?? 0) & 0o077) === 0 &&
    stat.size === wanted.length;
  const found = isOurs ? Deno.readFileSync(path) : new Uint8Array();
  if (found.length === wanted.length && found.every((byte, i) => byte === wanted[i])) return;
  throw new EngineError("keeping_refused", `Another file stands at "${oneLine(path)}"`, {
    hint: "name a new file, on a medium that leaves this host",
  });
}

function unwritable(path: string, error: unknown): EngineError {
  const why = error instanceof Error ? error.message : String(error);
  return new EngineError("output_unwritable", `Cannot write "${oneLine(path)}": ${oneLine(why)}`, {
    hint: "look for a full disk, or a folder of somebody else",
    cause: error,
  });
}
