/**
 * Follows a log through what every log can do. Looking whether something is new costs one short
 * turn of the lock; reading what is new walks from genesis. A log with `followVerified` of its own
 * takes this file's place.
 *
 * @module
 */
import type { AuditFollower, AuditPort } from "../core/audit/audit_port.ts";
import type { Entry } from "../core/audit/entry.ts";
import { TamperDetectedError } from "../core/errors.ts";

/** Starts before genesis. */
export function followByReading(
  audit: Pick<AuditPort, "transact" | "readVerified">,
): AuditFollower {
  let seen: Pick<Entry, "seq" | "mac"> | null = null;
  return {
    readNew: async function* () {
      const before = seen;
      if (before !== null && !await hasMoved(audit, before)) return;
      for await (const entry of audit.readVerified(before?.seq ?? 0)) {
        if (before !== null && entry.seq <= before.seq) confirm(before, entry);
        else {
          seen = entry;
          yield entry;
        }
      }
    },
  };
}

/** Asks under the lock, where the log itself verifies what others appended. */
async function hasMoved(
  audit: Pick<AuditPort, "transact">,
  seen: Pick<Entry, "seq" | "mac">,
): Promise<boolean> {
  const { result: head } = await audit.transact(({ head }) => ({ events: [], result: head }));
  if (head.seq === seen.seq) confirm(seen, head);
  return head.seq !== seen.seq;
}

/** SECURITY: a log that was swapped for another verified one of the same length. */
function confirm(seen: Pick<Entry, "seq" | "mac">, found: Pick<Entry, "seq" | "mac">): void {
  if (found.seq !== seen.seq || found.mac === seen.mac) return;
  throw new TamperDetectedError(
    "audit_rollback",
    `Entry ${seen.seq} is not the one that was read: the log was replaced`,
    { hint: "keep the files as they are and run `sealward audit verify` for the whole finding" },
  );
}
