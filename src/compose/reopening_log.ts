/**
 * A log that is opened anew after a failure. What a failed write or sync left on the disk is
 * unknown: only reading it again tells, and then a server may go on.
 *
 * @module
 */
import type { AuditFile } from "../adapter/audit/audit_file.ts";
import { type ErrorCode, toEngineError } from "../core/errors.ts";
import type { AuditPort } from "../core/audit/audit_port.ts";

/** A log as the use case needs it, with what its owner needs at the end. */
export interface ReopeningLog extends AuditPort {
  readonly flush: () => void;
  /** Whether the segment has reached its size. */
  readonly isFull: () => boolean;
  /** Number of the segment, as far as the last transaction saw it. */
  readonly segment: () => number;
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
  const current = new CurrentLog(first, open);
  return {
    transact: async (build, use) => {
      const log = await current.file();
      try {
        return await log.transact(build, use);
      } catch (error) {
        const { code } = toEngineError(error);
        if (codesOfLoss.has(code)) current.lose(log);
        if (code !== "audit_unverifiable") throw error;
      }
      return await (await current.file()).transact(build, use);
    },
    readVerified: async function* (fromSeq) {
      yield* (await current.file()).readVerified(fromSeq);
    },
    followVerified: () => current.latest.followVerified(),
    verifyAll: async () => await (await current.file()).verifyAll(),
    // A lost log has nothing more to sync: its file is closed, or what it holds is unknown.
    segment: () => Number(current.latest.key.slice(9)),
    isFull: () => !current.isLost && current.latest.isFull,
    rotate: async () => await (await current.file()).rotate(),
    flush: () => current.isLost ? undefined : current.latest.flush(),
    close: () => current.latest.close(),
  };
}

class CurrentLog {
  /** The one opened last. */
  latest: AuditFile;
  isLost = false;
  #current: Promise<AuditFile>;
  readonly #open: () => Promise<AuditFile>;
  readonly #lost = new WeakSet<AuditFile>();

  constructor(first: AuditFile, open: () => Promise<AuditFile>) {
    this.latest = first;
    this.#current = Promise.resolve(first);
    this.#open = open;
  }

  async file(): Promise<AuditFile> {
    if (this.isLost) {
      this.isLost = false;
      this.#current = reopen(this.latest, this.#open);
    }
    try {
      return this.latest = await this.#current;
    } catch (error) {
      this.isLost = true;
      throw error;
    }
  }

  /** Of several callers that fail on one log, the first has it opened anew. */
  lose(log: AuditFile): void {
    if (this.#lost.has(log)) return;
    this.#lost.add(log);
    this.isLost = true;
  }
}

async function reopen(lost: AuditFile, open: () => Promise<AuditFile>): Promise<AuditFile> {
  await lost.close();
  return await open();
}
