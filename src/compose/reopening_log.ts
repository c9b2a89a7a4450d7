/**
 * A log that is opened anew after a failure. What a failed write or sync left on the disk is
 * unknown: only reading it again tells, and then a server may go on.
 *
 * @module
 */
import type { AuditFile } from "../adapter/audit_file.ts";
import { toEngineError } from "../core/errors.ts";
import type { AuditPort } from "../core/audit/audit_port.ts";

/** A log as the use case needs it, with what its owner needs at the end. */
export interface ReopeningLog extends AuditPort {
  readonly flush: () => void;
  readonly close: () => Promise<void>;
}

/** Every failed transaction is still a failure; the next one starts on a log that was read again. */
export function createReopeningLog(
  first: AuditFile,
  open: () => Promise<AuditFile>,
): ReopeningLog {
  let current: Promise<AuditFile> = Promise.resolve(first);
  let latest = first;
  let isLost = false;
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
    transact: async (build, use) => {
      const log = await file();
      try {
        return await log.transact(build, use);
      } catch (error) {
        if (toEngineError(error).code === "audit_unwritable" && log === latest) isLost = true;
        throw error;
      }
    },
    readVerified: async function* () {
      yield* (await file()).readVerified();
    },
    verifyAll: async () => await (await file()).verifyAll(),
    // A lost log has nothing more to sync: its file is closed, or what it holds is unknown.
    flush: () => isLost ? undefined : latest.flush(),
    close: () => latest.close(),
  };
}

async function reopen(lost: AuditFile, open: () => Promise<AuditFile>): Promise<AuditFile> {
  await lost.close();
  return await open();
}
