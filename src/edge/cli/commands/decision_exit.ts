/**
 * Exit statuses of answers.
 *
 * @module
 */
import type { JoinVerdict } from "../../../core/audit/join_segments.ts";
import type { LogVerdict } from "../../../core/audit/log_report.ts";
import type { Decision } from "../../../core/decision/decision.ts";
import type { PolicyStatus } from "../../../pdp.ts";

/** 0 allow, 4 ask, 5 denied because something was tampered with, 2 any other deny. */
export function decisionExit(decision: Decision): number {
  if (decision.decision === "allow") return 0;
  if (decision.violations.some(({ code }) => code === "policy_tampered")) return 5;
  return decision.decision === "ask" ? 4 : 2;
}

// Worst first: what needs a human most must be the status a script sees.
const order = [5, 3, 1, 2, 4, 0];

/** The exit status of several answers: the worst in the order 5 3 1 2 4 0; 1 for none. */
export function worstExit(statuses: readonly number[]): number {
  return order.find((status) => statuses.includes(status)) ?? 1;
}

/** 0 intact or torn by a crash, 1 could not look, 3 no segment of a log at all, 5 tampering. */
export function verdictExit(verdict: LogVerdict | JoinVerdict): number {
  switch (verdict) {
    case "OK":
    case "OK-UNANCHORED":
    case "UNCLEAN-END":
    case "FRONT-PRUNED":
      return 0;
    case "UNVERIFIABLE":
      return 1;
    case "NO-SEGMENT":
      return 3;
    case "TAMPERED":
    case "ROLLBACK":
    case "FORK":
    case "FOREIGN-LOG":
    case "MISSING":
      return 5;
  }
}

/** 0 trusted, 2 accepted by nobody, 5 changed since. */
export function policyExit(status: PolicyStatus["status"]): number {
  return { trusted: 0, unaccepted: 2, tampered: 5 }[status];
}
