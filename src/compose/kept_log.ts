/**
 * The log of an open install, as who keeps it needs it.
 *
 * @module
 */
import type { AuditFile } from "../adapter/audit/audit_file.ts";
import type { AuditPort } from "../core/audit/audit_port.ts";
import type { Head } from "../core/audit/entry.ts";
import type { KeptLog } from "./keep_log.ts";
import type { ReopeningLog } from "./reopening_log.ts";

/** @param log Of a process that goes on after a failure; else null. */
export function keptLog(log: ReopeningLog | null, audit: AuditFile): KeptLog {
  const head = () => readHead(log ?? audit);
  return log === null
    ? {
      isFull: () => audit.isFull,
      segment: () => Number(audit.key.slice(9)),
      rotate: () => audit.rotate(),
      head,
    }
    : { isFull: log.isFull, segment: log.segment, rotate: log.rotate, head };
}

async function readHead(audit: AuditPort): Promise<Head> {
  const { result } = await audit.transact(({ head }) => ({ events: [], result: head }));
  return result;
}
