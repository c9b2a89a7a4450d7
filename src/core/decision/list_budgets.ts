/**
 * How much of each budget is used, for people.
 *
 * @module
 */
import type { CountedHistory } from "../audit/budget_state.ts";
import { type Asking, countedNow, readHistory } from "../audit/read_history.ts";
import type { Budget, Policy } from "../policy/policy.ts";

/** Wire form. */
export interface BudgetUse extends Pick<Budget, "id" | "count" | "per" | "max" | "effect"> {
  /** By the principal and session that were asked about. */
  readonly used: number;
}

/**
 * Lists the budgets in the policy's order.
 *
 * @param counted Of the state; see readHistory for who asks.
 */
export function listBudgets(
  { budgets }: Pick<Policy, "budgets">,
  counted: CountedHistory | null,
  asking: Asking,
): readonly BudgetUse[] {
  const { counts } = readHistory(counted, { ...asking, now: countedNow(counted, asking.now) });
  return budgets.map(({ id, count, per, max, effect, counterId }) => {
    return { id, count, per, max, effect, used: counts[counterId] ?? 0 };
  });
}
