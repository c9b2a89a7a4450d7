/**
 * What is asked of decide(), as values.
 *
 * @module
 */
import type { PrincipalDenials } from "../audit/denial_state.ts";
import type { EffectPlan } from "../operation/effect_plan.ts";
import type { CheckRun } from "../check/check_run.ts";
import type { Operation, Principal } from "../operation/operation.ts";
import type { Policy } from "../policy/policy.ts";
import type { Facts } from "./facts.ts";
import type { History } from "./history.ts";
import type { MatchedDefinitions } from "./match_definitions.ts";
import type { Unmeasured } from "./unmeasured_header.ts";

/** Everything a decision depends on; nothing else may influence it (law D5). */
export interface Question {
  readonly operation: Operation;
  readonly plan: EffectPlan;
  readonly policy: Policy;
  readonly facts: Facts;
  /** Who asks; only rules with `match.principals` look at it. */
  readonly principal: Principal;
  /** What the principal was denied before; null for nothing. */
  readonly denials: PrincipalDenials | null;
  /** What comes of definitions of tools that the operation claims; left out: it claims none. */
  readonly definitions?: MatchedDefinitions;
  /** `protected_files` leaves limits, operations, rules and the default aside. */
  readonly scope: "policy" | "protected_files";
  /**
   * What the log remembers of the principal. SECURITY: left out, nobody looked: then rules that look
   * back match, and budgets are used up.
   */
  readonly history?: History;
  /**
   * What checks came to, by id. SECURITY: of a check that matches and is not here nobody knows
   * anything, and that denies.
   */
  readonly checks?: ReadonlyMap<string, CheckRun>;
  /** What limits that cannot be measured are; left out: `listed`. */
  readonly unmeasured?: Unmeasured;
}
