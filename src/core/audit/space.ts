/**
 * Entries about the room on the log's disk. SPEC.md, "Disk full".
 *
 * @module
 */
import type { NewEvent } from "./entry.ts";

/** A reserve was given up. @param cause `ENOSPC`, `EDQUOT` or `short_write`. */
export function lowSpaceEvent(cause: string): NewEvent {
  const message = "The disk of the audit log is nearly full: " +
    "callers' events of low severity are refused until there is room";
  const details = { cause, message };
  return { type: "audit.low_space", severity: "HIGH", details };
}

/** So was the other one, but for the part of a human's command: nothing is decided any more. */
export function fullEvent(cause: string): NewEvent {
  const message = "The disk of the audit log is full: everything is denied until there is room";
  const details = { cause, message };
  return { type: "audit.full", severity: "CRITICAL", details };
}

/** Both stand again. @param remade Names of the files made anew. */
export function restoredEvent(remade: readonly string[]): NewEvent {
  const message = "There is room for the audit log again";
  return {
    type: "audit.space_restored",
    severity: "MEDIUM",
    details: { remade: [...remade], message },
  };
}
