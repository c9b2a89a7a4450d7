/**
 * Decides once more, on what was kept.
 *
 * @module
 */
import type { CheckSpec } from "../check/check_spec.ts";
import type { DecisionInput } from "../decision/decision_input.ts";
import { decideUntrusted } from "../decision/decide.ts";
import type { Judgement } from "../decision/decision.ts";
import type { Evidence } from "../decision/evidence.ts";
import { type Judge, judgeOperation, type Judging } from "../decision/judge_operation.ts";
import type { JsonObject, Principal } from "../operation/operation.ts";
import { parseInputOperation } from "./parse_input.ts";
import { playEvidence } from "./played_evidence.ts";

/** By what it is decided: the policy in force then, and this version's readers. */
export interface ReplayJudge extends
  Pick<
    Judge,
    | "trust"
    | "policy"
    | "createPlanner"
    | "toolReader"
    | "measureComplexity"
    | "denials"
    | "tool_pins"
    | "history"
  > {
  /** For a policy the input was not recorded for: takes away what does not hold for it. */
  readonly limitEvidence?: (evidence: Evidence) => Evidence;
  /** Told what each check is asked. */
  readonly onCheck?: (check: CheckSpec, request: Uint8Array) => void;
  /** Told what the judgement was made on. */
  readonly onJudged?: (judging: Judging) => void;
}

/**
 * The judgement of this version.
 *
 * @param summary The entry's `operation`, which is the operation where the input has none.
 * @throws {InputMissing} When the input does not hold everything that is asked.
 */
export function replayInput(
  input: DecisionInput,
  summary: JsonObject,
  principal: Principal,
  judge: ReplayJudge,
): Judgement {
  const { policy, trust } = judge;
  if (policy === null) {
    return decideUntrusted(trust.status === "tampered" ? "tampered" : "unaccepted", trust.message);
  }
  const operation = parseInputOperation(input, summary);
  const played = playEvidence(input, operation);
  const evidence = tellChecks(judge.limitEvidence?.(played) ?? played, judge.onCheck);
  const judging = judgeOperation(operation, principal, {
    ...judge,
    evidence,
    wasWritten: () => false,
    ...(input.scope === undefined ? {} : { scope: input.scope }),
    ...(input.unmeasured === undefined ? {} : { unmeasured: input.unmeasured }),
  });
  judge.onJudged?.(judging);
  return judging.judgement;
}

function tellChecks(evidence: Evidence, tell: ReplayJudge["onCheck"]): Evidence {
  if (tell === undefined) return evidence;
  return {
    ...evidence,
    runCheck: (check, request) => {
      const run = evidence.runCheck(check, request);
      tell(check, request());
      return run;
    },
  };
}
