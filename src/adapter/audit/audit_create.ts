/**
 * Lays out a new log: side folder, reserves, genesis, head slots and marks, all durable.
 *
 * @module
 */
import { emptyHead, linkEntry } from "../../core/audit/chain.ts";
import { encodeMark } from "../../core/audit/mark.ts";
import { EngineError, oneLine } from "../../core/errors.ts";
import type { JsonObject } from "../../core/operation/operation.ts";
import { RegularFile, syncFolder, toPlaceError } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { makeReserves } from "./audit_room.ts";

export interface CreateAuditOptions extends AuditOptions {
  /** What genesis says beside log id, algorithm and segment. */
  readonly genesis: JsonObject;
}

/**
 * Writes every file of a new log; the log itself last, so that what is half made is never opened.
 *
 * @throws {EngineError} `already_initialized` when any of them exists, `audit_unwritable`.
 */
export function createAuditFiles(options: CreateAuditOptions): void {
  const { logPath, sidePath, markPath } = options;
  const taken = [logPath, sidePath, `${markPath}/mark.0`, `${markPath}/mark.1`].find(isThere);
  if (taken !== undefined) throw alreadyThere(taken);
  const { line, marks } = firstRecords(options);
  try {
    makeFolders(options);
    makeReserves(sidePath);
    writeNew(`${sidePath}/lock`, new Uint8Array());
    for (const path of [`${sidePath}/head`, `${markPath}/mark`]) {
      marks.forEach((mark, slot) => writeNew(`${path}.${slot}`, mark));
    }
    syncFolder(sidePath);
    syncFolder(markPath);
    writeNew(logPath, line);
    syncFolder(logPath.slice(0, logPath.lastIndexOf("/")) || "/");
  } catch (error) {
    if (error instanceof EngineError && error.code === "already_initialized") throw error;
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    throw new EngineError("audit_unwritable", `Cannot create the log: ${reason}`, { cause: error });
  }
}

function firstRecords(options: CreateAuditOptions) {
  const { hmac, logId } = options;
  const keys = options.ring.first();
  const fixed = { log: logId, alg: "HMAC-SHA256", seg: 0 };
  const details = { ...fixed, ...options.genesis, ...fixed };
  const event = { type: "audit.genesis", severity: "LOW", details } as const;
  const { line, head } = linkEntry(emptyHead, event, options.nowMicros(), keys, hmac);
  const marks = [0, 1].map((turn) =>
    encodeMark({ logId, turn, head, base: emptyHead }, keys, hmac)
  );
  return { line, marks };
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw toPlaceError(error, path, "audit_unwritable");
  }
}

function makeFolders({ sidePath, markPath }: AuditOptions): void {
  try {
    // Not recursive: of two creators at once, one loses here.
    Deno.mkdirSync(sidePath, { mode: 0o700 });
  } catch (error) {
    throw isThere(sidePath) ? alreadyThere(sidePath) : error;
  }
  for (const path of [`${sidePath}/state`, `${sidePath}/quarantine`, markPath]) {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  using file = new RegularFile(path, "create");
  file.append(bytes);
  file.sync();
}

function alreadyThere(path: string): EngineError {
  return new EngineError("already_initialized", `Cannot create a log: ${oneLine(path)} exists`, {
    hint: "a log is never replaced; use the one that is there",
  });
}
