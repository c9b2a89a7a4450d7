/**
 * Records what came of operations, and what did not.
 *
 * @module
 */
import { type Alarm, toAlarms } from "../core/audit/alarm.ts";
import {
  type Outcome,
  planOutcome,
  planSettlement,
  type Settlement,
} from "../core/audit/outcome.ts";
import { planSessionEnd } from "../core/audit/session_end.ts";
import type { Principal } from "../core/operation/operation.ts";
import type { EngineParts, OutcomeAnswer } from "./engine.ts";

type Parts = Pick<EngineParts, "audit" | "sha256">;

/** Records one outcome, with an alarm when it should not have happened. */
export async function recordOutcome(
  outcome: Outcome,
  principal: Principal,
  { audit, sha256 }: Parts,
): Promise<OutcomeAnswer> {
  const { result, receipts } = await audit.transact(({ state }) => {
    const plan = planOutcome(outcome, principal, { state, sha256 });
    return { events: [...plan.alarms, plan.event], result: plan };
  });
  return { decision_seq: result.decisionSeq, alarms: toAlarms(result.alarms, receipts) };
}

/** Gives up waiting for what a session was allowed, and forgets what it was denied if it ended. */
export async function settleOutcomes(
  settlement: Settlement,
  principal: Principal,
  { audit, sha256 }: Parts,
): Promise<readonly Alarm[]> {
  const { result, receipts } = await audit.transact(({ state }) => {
    const alarms = planSettlement(settlement, principal, { state, sha256 });
    const ends = planSessionEnd(settlement, principal, { state, sha256 });
    return { events: [...alarms, ...ends], result: alarms };
  });
  return toAlarms(result, receipts);
}
