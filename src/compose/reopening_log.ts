/**
 * A log that is opened anew after a failure. What a failed write or sync left on the disk is
 * unknown: only reading it again tells, and then a server may go on.
 *
 * @module
 */
import type { AuditFile } from "../adapter/audit_file.ts";
import { type ErrorCode, toEngineError } from "../core/errors.ts";
import type { AuditPort } from "../core/audit/audit_port.ts";

/** A log as the use case needs it, with what its owner needs at the end. */
export interface ReopeningLog extends AuditPort {
  readonly flush: () => void;
  /** Whether the segment has reached its size. */
  readonly isFull: () => boolean;
  /** See AuditFile.rotate. */
  readonly rotate: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** After these, only reading the log again, with the secret as it is now, tells more. */
const codesOfLoss: ReadonlySet<ErrorCode> = new Set(["audit_unwritable", "audit_unverifiable"]);

/**
 * Every failed transaction is still a failure; the next one starts on a log that was read again. Only
 * one that met a changed secret is run anew at once, with the secret as it is now: it failed while
 * the log was looked at, before anything was decided or written.
 */
export function createReopeningLog(
  first: AuditFile,
  open: () => Promise<AuditFile>,
): ReopeningLog {
  let current: Promise<AuditFile> = Promise.resolve(first);
  let latest = first;
  let isLost = false;
  // Of several callers that fail on one log, the first has it opened anew.
  const lost = new WeakSet<AuditFile>();
  const file = async () => {
    if (isLost) {
      isLost = false;
      current = reopen(latest, open);
    }
    try {
      return latest = await current;
    } catch (error) {
      isLost = true;
      throw error;
    }
  };
  return {
    transact: async (build) => {
      const log = await file();
      try {
        return await log.transact(build);
      } catch (error) {
        const { code } = toEngineError(error);
        if (codesOfLoss.has(code) && !lost.has(log)) {
          lost.add(log);
          isLost = true;
        }
        if (code !== "audit_unverifiable") throw error;
      }
      return await (await file()).transact(build);
    },
    readVerified: async function* (fromSeq) {
      yield* (await file()).readVerified(fromSeq);
    },
    verifyAll: async () => await (await file()).verifyAll(),
    // A lost log has nothing more to sync: its file is closed, or what it holds is unknown.
    isFull: () => !isLost && latest.isFull,
    rotate: async () => await (await file()).rotate(),
    flush: () => isLost ? undefined : latest.flush(),
    close: () => latest.close(),
  };
}

async function reopen(lost: AuditFile, open: () => Promise<AuditFile>): Promise<AuditFile> {
  await lost.close();
  return await open();
}
