/**
 * The entry with which a human accepts that acknowledged entries are gone. SPEC.md, "Segments".
 *
 * @module
 */
import type { Entry, Head, NewEvent } from "./entry.ts";
import { countOf, structuralTypes, textOf } from "./segment.ts";

/** Which entries are missing, and who takes that on. */
export interface LostEntries {
  /** First one missing. */
  readonly from: number;
  /** The last head that was known. */
  readonly to: Pick<Head, "seq" | "mac">;
}

export function rollbackEvent(
  { from, to }: LostEntries,
  by: { readonly principal: string; readonly reason: string },
): NewEvent {
  return {
    type: structuralTypes.rollback,
    severity: "CRITICAL",
    details: {
      lost_from: from,
      lost_to: to.seq,
      lost_mac: to.mac,
      principal: by.principal,
      reason: by.reason,
    },
  };
}

/** What a verified entry accepted the loss of; null when it is no such entry. */
export function parseRollback({ type, details }: Entry): LostEntries | null {
  const from = countOf(details, "lost_from");
  const seq = countOf(details, "lost_to");
  const mac = textOf(details, "lost_mac");
  if (type !== structuralTypes.rollback || from === null || seq === null || mac === null) {
    return null;
  }
  return { from, to: { seq, mac } };
}
