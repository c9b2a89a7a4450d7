/**
 * Outcomes that callers report, paired with the decisions they follow. SPEC.md, "Outcomes".
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import type { JsonObject, Principal } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import { type AlarmEvent, alarmEvent } from "./alarm.ts";
import type { NewEvent } from "./entry.ts";
import { outcomeKey, sessionKey } from "./outcome_key.ts";
import {
  type AwaitedOutcome,
  type OutcomeState,
  outcomeTypes,
  type RefusedOperation,
} from "./outcome_state.ts";

export const outcomeStatuses = ["done", "failed"] as const;

/** What came of an operation; every name is 1 to maxLabelCharacters long. */
export interface Outcome {
  readonly correlationId: string;
  /** As `agent.session` of the operation; null when it had none. */
  readonly session: string | null;
  /** For people who read the log. */
  readonly tool: string | null;
  readonly status: typeof outcomeStatuses[number];
}

/** The entries of one outcome, alarms first, and what they say. */
export interface OutcomePlan {
  readonly alarms: readonly AlarmEvent[];
  readonly event: NewEvent;
  readonly decisionSeq: number | null;
}

/**
 * Pairs an outcome with the newest decision under its correlation id and session that has none yet.
 *
 * SECURITY: alarms go first. What is left of a batch whose writing was cut short is its beginning,
 * and an outcome alone would have used up the decision without a word.
 */
export function planOutcome(
  outcome: Outcome,
  principal: Principal,
  { state, sha256 }: { readonly state: OutcomeState; readonly sha256: Sha256 },
): OutcomePlan {
  const decision = findDecision(outcome, state, sha256);
  const verdict = decision === null ? null : "verdict" in decision ? decision.verdict : "allow";
  const details = {
    correlation_id: quote(outcome.correlationId),
    ...(outcome.session === null ? {} : { session: quote(outcome.session) }),
    ...(outcome.tool === null ? {} : { tool: quote(outcome.tool) }),
    status: outcome.status,
    decision_seq: decision?.seq ?? null,
  };
  return {
    alarms: alarmsOf(verdict, details, state),
    event: {
      type: outcomeTypes.outcome,
      severity: "LOW",
      details: { ...details, ...(verdict === "ask" ? { asked: true } : {}), principal },
    },
    decisionSeq: decision?.seq ?? null,
  };
}

function findDecision(
  { correlationId, session }: Outcome,
  { pending, refused }: OutcomeState,
  sha256: Sha256,
): AwaitedOutcome | RefusedOperation | null {
  const key = outcomeKey(correlationId, session, sha256);
  const isOurs = (one: AwaitedOutcome) =>
    one.correlation === key.correlation && one.session === key.session;
  return [...pending, ...refused].filter(isOurs)
    .reduce<AwaitedOutcome | null>((a, b) => a !== null && a.seq > b.seq ? a : b, null);
}

function alarmsOf(
  verdict: "allow" | "ask" | "deny" | null,
  details: JsonObject,
  { pending_lost: lost }: OutcomeState,
): readonly AlarmEvent[] {
  if (verdict === "deny") {
    const message = "An operation that was denied was reported as carried out";
    return [alarmEvent("ran_although_denied", message, details)];
  }
  if (verdict !== null) return [];
  const why = lost === 0 ? "" : `, or its decision was one of ${lost} too old to be kept`;
  const message = `An operation was carried out that nobody asked about${why}`;
  return [alarmEvent("outcome_without_decision", message, details)];
}

/** Why outcomes are settled. */
export interface Settlement {
  readonly session: string | null;
  /** E.g. `stop` or `session_end`; for people who read the log. */
  readonly reason: string | null;
  /** The session is over, and not only a turn of it: what was denied in it is too. */
  readonly ended?: true;
}

/** One alarm for each allowed operation of a session that nothing more was heard of. */
export function planSettlement(
  { session, reason }: Settlement,
  principal: Principal,
  { state, sha256 }: { readonly state: OutcomeState; readonly sha256: Sha256 },
): readonly AlarmEvent[] {
  const key = sessionKey(session, sha256);
  const details = {
    ...(session === null ? {} : { session: quote(session) }),
    ...(reason === null ? {} : { reason: quote(reason) }),
    principal,
  };
  const open = state.pending.filter((one) => one.session === key).map(({ seq }) =>
    alarmEvent("allow_without_outcome", unheard, { decision_seq: seq, ...details })
  );
  const { pending_lost: count } = state;
  if (count === 0) return open;
  // SECURITY: flooding the list must not make its oldest member vanish without a word.
  const message = `${count} allowed operations were too many to wait for: nobody knows what ` +
    "came of them";
  return [...open, alarmEvent("outcomes_lost", message, { count, ...details })];
}

const unheard = "An allowed operation was never reported as carried out: declined by the user, " +
  "interrupted, the hook was switched off, or the tool failed";

function quote(text: string): string {
  return oneLine(text, 128);
}
