/**
 * From a sighting of the protected files to the entries it leaves. audit/SPEC.md, "Protected files".
 *
 * @module
 */
import { type AlarmEvent, alarmEvent } from "../audit/alarm.ts";
import type { NewEvent } from "../audit/entry.ts";
import { outcomeTypes, type WatchRecord } from "../audit/outcome_state.ts";
import { oneLine } from "../errors.ts";
import { maxNamedChanges } from "../limits.ts";
import type { Principal } from "../operation/operation.ts";
import type { WatchChange } from "./compare_watch.ts";

/** What one look at the protected files came to. */
export interface WatchFinding {
  /** SHA-256 of the list of files, hex. */
  readonly digest: string;
  readonly count: number;
  readonly policyDigest: string | null;
  /** Whether the list has every protected file, as far as this look and those before can tell. */
  readonly isWhole: boolean;
  /** This look, or the last whole one, could not go everywhere it wanted to. */
  readonly isBlocked: boolean;
  /** There was a record, but its list is gone. */
  readonly isListLost: boolean;
  readonly changes: readonly WatchChange[];
  readonly unexplained: readonly WatchChange[];
  readonly principal: Principal;
}

/** Alarms first, for the reason planOutcome gives; no record when nothing is new. */
export function planWatch(
  finding: WatchFinding,
  record: WatchRecord | null,
): { readonly alarms: readonly AlarmEvent[]; readonly events: readonly NewEvent[] } {
  const alarms = [...changeAlarms(finding), ...otherAlarms(finding, record)];
  const isSame = record !== null && record.digest === finding.digest &&
    record.policy_digest === finding.policyDigest && record.is_whole === finding.isWhole &&
    record.is_blocked === finding.isBlocked;
  const events = isSame && alarms.length === 0 ? [] : [recordEvent(finding)];
  return { alarms, events };
}

function changeAlarms({ unexplained }: WatchFinding): readonly AlarmEvent[] {
  const alarms = unexplained.slice(0, maxNamedChanges).map(({ path, what }) => {
    const shown = oneLine(path, 256);
    const message =
      `Protected file "${oneLine(path, 80)}" was ${what} outside of what was asked, ` +
      "by a human's hand or past the guard";
    return alarmEvent("protected_file_changed", message, { path: shown, change: what });
  });
  const more = unexplained.length - alarms.length;
  if (more === 0) return alarms;
  const message = `${more} more protected files were changed outside of what was asked`;
  return [...alarms, alarmEvent("protected_file_changed", message, { more })];
}

function otherAlarms(
  { isListLost, isBlocked }: WatchFinding,
  record: WatchRecord | null,
): readonly AlarmEvent[] {
  const alarms: AlarmEvent[] = [];
  if (isListLost) {
    const message = "The list of protected files is gone from beside the log: what changed since " +
      "the last record cannot be told";
    alarms.push(alarmEvent("protected_list_lost", message));
  }
  // Once, when it begins: a project that is too large stays so.
  if (isBlocked && record?.is_blocked !== true) {
    const message = "Not every folder could be looked through for protected files: one that is " +
      "new may go unseen";
    alarms.push(alarmEvent("watch_incomplete", message));
  }
  return alarms;
}

function recordEvent(finding: WatchFinding): NewEvent {
  const { changes, unexplained } = finding;
  return {
    type: outcomeTypes.protected,
    severity: unexplained.length > 0 ? "HIGH" : "LOW",
    details: {
      digest: finding.digest,
      count: finding.count,
      policy_digest: finding.policyDigest,
      is_whole: finding.isWhole,
      ...(finding.isBlocked ? { watch_incomplete: true } : {}),
      // Cut hard: sixteen long names have to fit one entry.
      changed: changes.slice(0, maxNamedChanges).map(({ path }) => oneLine(path, 56)),
      changed_total: changes.length,
      unexplained: unexplained.length,
      principal: finding.principal,
    },
  };
}
