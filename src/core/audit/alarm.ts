/**
 * What no decision explains, as an entry of the log and as callers see it.
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import type { Severity } from "../policy/policy.ts";
import type { NewEvent, Receipt } from "./entry.ts";
import { outcomeTypes } from "./outcome_state.ts";

/** Kinds are a contract, messages are not. */
export const alarmSeverities = {
  outcome_without_decision: "HIGH",
  ran_although_denied: "CRITICAL",
  allow_without_outcome: "MEDIUM",
  outcomes_lost: "MEDIUM",
  protected_file_changed: "CRITICAL",
  protected_list_lost: "HIGH",
  watch_incomplete: "MEDIUM",
} as const satisfies Record<string, Severity>;
export type AlarmKind = keyof typeof alarmSeverities;

/** An alarm whose entry is durable. */
export interface Alarm {
  readonly kind: AlarmKind;
  readonly severity: Severity;
  /** One sentence for people. */
  readonly message: string;
  /** Entry of the decision it is about; absent when there is none. */
  readonly decision_seq?: number;
  /** Relative to the root, cut when it is long. */
  readonly path?: string;
  /** Entry of the alarm itself. */
  readonly seq: number;
}

/** An alarm before it has a place in the chain. */
export interface AlarmEvent extends NewEvent {
  readonly details: JsonObject & { readonly kind: AlarmKind; readonly message: string };
}

export function alarmEvent(kind: AlarmKind, message: string, more: JsonObject = {}): AlarmEvent {
  const details = { kind, message, ...more };
  return { type: outcomeTypes.alarm, severity: alarmSeverities[kind], details };
}

/** @param receipts Of exactly these events, in order. */
export function toAlarms(
  events: readonly AlarmEvent[],
  receipts: readonly Receipt[],
): readonly Alarm[] {
  return events.map(({ severity, details }, index) => {
    const { kind, message, decision_seq: decisionSeq, path } = details;
    return {
      kind,
      severity,
      message,
      ...(typeof decisionSeq === "number" ? { decision_seq: decisionSeq } : {}),
      ...(typeof path === "string" ? { path } : {}),
      seq: receipts[index]?.seq ?? -1,
    };
  });
}
