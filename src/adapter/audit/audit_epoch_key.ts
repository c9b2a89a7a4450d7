/**
 * epoch.key: the one secret of a host that does not hold the root secret.
 *
 * @module
 */
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { EpochSecret } from "../../core/audit/keys.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import { writeDurable } from "./audit_disk.ts";
import { openPlainFile, PlainFileError, readLimited } from "../plain_file.ts";

const name = "epoch.key";
const grammar = new RegExp(
  '^\\{"v":1,"log":"([0-9a-f]{32})","kid":"([0-9a-f]{8})","epoch":(0|[1-9][0-9]{0,8}),' +
    '"secret":"([0-9a-f]{64})"\\}\\n$',
);

/** Puts an epoch's secret in the place of the last one, durably. */
export function writeEpochKey(folder: string, logId: string, secret: EpochSecret): void {
  const { kid, epoch } = secret;
  const text = `{"v":1,"log":"${logId}","kid":"${kid}","epoch":${epoch},` +
    `"secret":"${encodeHex(secret.secret)}"}\n`;
  writeDurable(folder, name, new TextEncoder().encode(text));
}

/**
 * The epoch's secret; null when there is none.
 *
 * @throws {EngineError} `secret_unsafe` for a file others may read, `secret_invalid` for another one.
 */
export function readEpochKey(folder: string, logId: string): EpochSecret | null {
  const path = `${folder}/${name}`;
  const match = grammar.exec(readText(path) ?? "");
  const [, log, kid = "", epoch, secret = ""] = match ?? [];
  if (match === null && !isThere(path)) return null;
  if (log === logId) return { kid, epoch: Number(epoch), secret: decodeHex(secret) };
  throw new EngineError("secret_invalid", `Cannot use ${oneLine(path)}: it is no key of this log`, {
    hint: "restore it from a backup of the state folder",
  });
}

/** Whether this host keeps an epoch's secret, whatever is in the file. */
export function hasEpochKey(folder: string): boolean {
  return isThere(`${folder}/${name}`);
}

function readText(path: string): string | null {
  try {
    const { file, stat } = openPlainFile(path, { read: true });
    try {
      if (((stat.mode ?? 0) & 0o077) !== 0) {
        throw new EngineError("secret_unsafe", `Cannot use ${oneLine(path)}: others may read it`, {
          hint: `chmod 600 ${oneLine(path)}`,
        });
      }
      return new TextDecoder().decode(readLimited(file, 4_096) ?? new Uint8Array());
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof PlainFileError && error.fault === "missing") return null;
    throw error;
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
